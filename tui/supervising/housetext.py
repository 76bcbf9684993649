"""The house's documents as TOML that people edit, and back: the same values, nothing added, nothing lost."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from data.profile import toml_text
from domain.gate import pack_text
from domain.i18n import tr
from domain.policy import Policy
from domain.scripts import ScriptError, parse_script
from screens.ports import Refused
from screens.supervisor.house import HouseDocument, Part

NEW: Final = "+"
"""The part that is a script nobody has published yet."""
_OWN: Final = "rule_packs"
_PACK: Final = "pack/"
WHOLE: Final = "*"
"""The part that is the document itself, without the parts that are edited by themselves."""


def parts_of(document: HouseDocument) -> list[Part]:
    """Give the texts of a document: a script each; of the policy its plain rules, and every table of its own."""
    if document.name == "scripts":
        return [
            Part("scripts", str(place), _script_title(text), text)
            for place, text in enumerate(document.body.get("texts", []))
            if isinstance(text, str)
        ]
    titles = {
        "packs": tr("which rule pack holds where"),
        "promise": tr("promises: days, thresholds, limits"),
        "promise_types": tr("promise types"),
        "codes": tr("result codes"),
        "queue": tr("the queue's points and order"),
    }
    body = {name: value for name, value in document.body.items() if name != _OWN}
    plain = {name: value for name, value in body.items() if not _is_table(value)}
    parts = [Part("policy", WHOLE, tr("goals, leases and times"), _toml(plain))]
    for name, value in body.items():
        if isinstance(value, str) and "\n" in value:
            parts.append(Part("policy", name, titles.get(name, name), value))
        elif _is_table(value):
            parts.append(Part("policy", name, titles.get(name, name), _toml({name: value})))
    return [*parts, *_pack_parts(document.body)]


def _pack_parts(body: Mapping[str, Any]) -> list[Part]:
    """Give the texts of the rule packs that hold somewhere, and of the house's own."""
    own = {each["name"]: each["text"] for each in body.get(_OWN) or ()}
    rules = body.get("packs") or [{"pack": rule.pack} for rule in Policy().packs]
    used = [name for rule in rules for name in str(rule.get("pack", "")).split("+")]
    parts = []
    for name in dict.fromkeys([*used, *own]):
        text = own.get(name) or pack_text(name)
        if text is not None:
            said = tr("rule pack {name} · own") if name in own else tr("rule pack {name}")
            parts.append(Part("policy", _PACK + name, said.format(name=name), text))
    return parts


def new_script(document: HouseDocument, like: Part | None) -> Part:
    """Give a script that is not in the document yet, as a copy of another one to begin with."""
    texts = document.body.get("texts", [])
    text = like.text if like is not None and like.document == "scripts" else str(texts[0]) if texts else ""
    return Part("scripts", NEW, tr("a new script"), text)


def new_pack(name: str, like: Part | None) -> Part:
    """Give a rule pack of the house's own that is not published yet, as a copy of another one to begin with."""
    text = like.text if like is not None and like.id.startswith(_PACK) else pack_text("business-default") or ""
    text = re.sub(r"^name\s*=.*$", f'name = "{name}"', text, count=1, flags=re.MULTILINE)
    return Part("policy", _PACK + name, tr("rule pack {name} · own").format(name=name), text)


def without(document: HouseDocument, part: Part) -> dict[str, Any] | Refused:
    """Give the document without a script, or without a rule pack of the house's own."""
    body = dict(document.body)
    if part.document == "scripts" and part.id.isdecimal():
        texts = list(body.get("texts", []))
        if len(texts) < 2:
            return Refused(tr("The house needs one script at least; nothing was removed. Edit it instead."))
        if texts[int(part.id)] != part.text:
            return Refused(tr("Somebody else has published another version; nothing was overwritten."), "outdated")
        del texts[int(part.id)]
        return body | {"texts": texts}
    own = [each for each in body.get(_OWN) or () if _PACK + each["name"] != part.id]
    if len(own) == len(body.get(_OWN) or ()):
        return Refused(tr("Only scripts and rule packs of the house's own can be removed; nothing was changed."))
    return body | {_OWN: own}


def _is_table(value: object) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and "\n" in value)


def _script_title(text: str) -> str:
    try:
        return parse_script(text).name
    except ScriptError:
        return tr("a script that cannot be read")


def _toml(values: Mapping[str, Any]) -> str:
    return toml_text({name: _without_nothing(value) for name, value in values.items() if value is not None})


def _without_nothing(value: object) -> object:
    """Leave out what is absent: TOML has no word for nothing."""
    if isinstance(value, dict):
        return {name: _without_nothing(each) for name, each in value.items() if each is not None}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value


def merged(document: HouseDocument, part: Part, text: str) -> dict[str, Any] | Refused:
    """Give the document with one part replaced by an edited text, or say why the text is none."""
    body = dict(document.body)
    if document.name == "scripts":
        texts = list(body.get("texts", []))
        if part.id == NEW:
            return body | {"texts": [*texts, text]}
        texts[int(part.id)] = text
        return body | {"texts": texts}
    if part.id.startswith(_PACK):
        name = part.id.removeprefix(_PACK)
        own = [each for each in body.get(_OWN) or () if each["name"] != name]
        return body | {_OWN: [*own, {"name": name, "text": text}]}
    if isinstance(body.get(part.id), str):
        return body | {part.id: text}
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = tr("The text is not written as it must be; nothing was published. {why}")
        return Refused(said.format(why=str(error)), "toml")
    values = {name: _plain(value) for name, value in values.items()}
    if part.id == WHOLE:
        kept = {name: value for name, value in body.items() if _is_table(value) or name == _OWN}
        return values | kept
    if set(values) != {part.id}:
        said = tr("This text is about “{name}” alone; nothing was published. Take everything else out of it.")
        return Refused(said.format(name=part.id), "toml")
    return body | values


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
