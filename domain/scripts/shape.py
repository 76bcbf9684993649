"""Whether a script file has the keys and values it must have, and the script that is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from domain.i18n import tr
from domain.scripts.finding import Report
from domain.scripts.keys import KEY_PATTERN, NAME_PATTERN, SCRIPT, SECTIONS, Key
from domain.scripts.lines import Path
from domain.scripts.model import SCRIPT_LANGUAGES, Answer, Card, Script, Stage, Words

MOST_SECTIONS: Final = 100
"""Stages or cards of a script: more than that nobody finds a way through, and a check must end soon."""

_NAME: Final = re.compile(NAME_PATTERN)
_NUMBER_KEY: Final = re.compile(KEY_PATTERN)


def check_shape(raw: Mapping[str, Any], report: Report) -> None:
    """Report every key that is missing, unknown or of the wrong kind, and every language that is missing."""
    _table(raw, SCRIPT, (), report)


def _table(raw: Any, keys: Mapping[str, Key], path: Path, report: Report) -> None:
    if not isinstance(raw, dict):
        report(path, "shape", tr("This must be a section of keys."))
        return
    for name in raw:
        if name not in keys:
            report((*path, name), "shape", tr("There is no key “{key}” here.").format(key=name))
    for name, key in keys.items():
        if name not in raw:
            if key.required:
                report(path, "shape", tr("The key “{key}” is missing.").format(key=name))
        elif key.shape == "section":
            _section(raw[name], name, (*path, name), report)
        else:
            _value(raw[name], key, (*path, name), report)


def _section(raw: Any, name: str, path: Path, report: Report) -> None:
    if not isinstance(raw, list) or not raw:
        report(path, "shape", tr("This must be a list of sections, with one at least."))
        return
    if len(raw) > MOST_SECTIONS:
        report(path, "shape", tr("At most {n} sections of this kind.").format(n=MOST_SECTIONS))
        return
    for index, each in enumerate(raw):
        _table(each, SECTIONS[name], (*path, index), report)


def _value(value: Any, key: Key, path: Path, report: Report) -> None:
    match key.shape:
        case "words":
            _words(value, path, report)
        case "text" if not (isinstance(value, str) and _NAME.fullmatch(value)):
            report(path, "shape", tr("This must be a name of small letters, digits, - and _."))
        case "version" if not (isinstance(value, str) and value.strip() and len(value) <= 40):
            report(path, "shape", tr("This must be a short text in quotation marks."))
        case "choice" if value not in key.choices:
            report(path, "shape", tr("This must be one of: {choices}.").format(choices=", ".join(key.choices)))
        case "texts" if not (isinstance(value, list) and value and all(isinstance(each, str) for each in value)):
            report(path, "shape", tr("This must be a list of texts."))
        case "key" if not (isinstance(value, str) and _NUMBER_KEY.fullmatch(value)):
            report(path, "shape", tr("This must be a digit from 1 to 9 in quotation marks."))
        case _:
            return


def _words(value: Any, path: Path, report: Report) -> None:
    if not isinstance(value, dict):
        report(path, "shape", tr("This must be a text in each language: en = “…”, zh = “…”."))
        return
    for language in SCRIPT_LANGUAGES:
        text = value.get(language)
        if not isinstance(text, str) or not text.strip():
            report((*path, language), "language", tr("The text in “{language}” is missing.").format(language=language))
    for language in value:
        if language not in SCRIPT_LANGUAGES:
            report((*path, language), "language", tr("“{language}” is no language here.").format(language=language))


def build(raw: Mapping[str, Any], digest: str) -> Script:
    """Make the script of a table whose shape was found to be right."""
    return Script(
        name=raw["name"],
        version=raw["version"].strip(),
        title=_texts(raw["title"]),
        segment=raw["segment"],
        party=raw["party"],
        stages=tuple(_stage(each) for each in raw["stage"]),
        cards=tuple(_card(each) for each in raw["card"]),
        digest=digest,
    )


def _stage(raw: Mapping[str, Any]) -> Stage:
    return Stage(
        id=raw["id"],
        kind=raw["kind"],
        say=_texts(raw["say"]),
        answers=tuple(_answer(each) for each in raw["answer"]),
        lead=_texts_or_none(raw.get("lead")),
        hint=_texts_or_none(raw.get("hint")),
        rung=raw.get("rung"),
    )


def _card(raw: Mapping[str, Any]) -> Card:
    return Card(
        id=raw["id"],
        title=_texts(raw["title"]),
        say=_texts(raw["say"]),
        before=_texts_or_none(raw.get("before")),
        hint=_texts_or_none(raw.get("hint")),
        answers=tuple(_answer(each) for each in raw.get("answer", ())),
    )


def _answer(raw: Mapping[str, Any]) -> Answer:
    return Answer(
        key=raw["key"],
        text=_texts(raw["text"]),
        goto=raw.get("goto"),
        action=raw.get("action"),
        outcome=raw.get("outcome"),
        factors=tuple(raw.get("factors", ())),
    )


def _texts(raw: Mapping[str, str]) -> Words:
    return cast("Words", {language: " ".join(raw[language].split()) for language in SCRIPT_LANGUAGES})


def _texts_or_none(raw: Mapping[str, str] | None) -> Words | None:
    return None if raw is None else _texts(raw)
