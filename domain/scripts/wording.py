"""Whether the texts of a script may be spoken: known variables, no markup, a calm tone, no secret before its time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from domain.i18n import Language, tr
from domain.records import dataclass
from domain.scripts.finding import Report
from domain.scripts.lines import Path
from domain.scripts.model import SCRIPT_LANGUAGES, Script, Words
from domain.scripts.values import DEBT_VARIABLES, VARIABLES, variables_in
from domain.scripts.walking import Known, reached
from domain.text import clean_line

LONGEST: Final[dict[Language, int]] = {"en": 420, "zh": 180}
"""Characters somebody can read out before the customer has to answer, and a small screen can show."""

_MARKUP: Final = re.compile(r"\[[^\]]*\]|</?[A-Za-z][^>]*>|\*\*|__|`|\{[^}]*\}|\]\(|\x1b")
_PRESSURE: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(police|arrest\w*|jail|prison|sue|suing|lawsuit|court|seize\w*|or else|last warning|final warning|shame\w*|"
        r"your (?:employer|boss|family|neighbou?rs) will|blacklist\w*|immediately or)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "坐牢|抓你|抓人|拘留|拘捕|报警|警察|老赖|曝光|通讯录|上门|单位领导|告诉你?您?的?家人|起诉|法院|黑名单|后果自负|别废话|赶紧|你必须|死"
    ),
}
"""Threats and disrespect, which no script may hold, whatever the law allows."""

_DEBT_WORDS: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(debts?|overdue|past due|ow(?:e|es|ed|ing)|loans?|payments?|repay\w*|instal?lments?|arrears|collect\w*|"
        r"outstanding|bills?|unpaid)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile("欠|逾期|还款|贷款|借款|债|催收|账单|应付|分期|还清"),
}
"""Words that tell whoever listens that there is a debt."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a script: where it stands, whether it is spoken, and whether anybody may be listening."""

    path: Path
    words: Words
    spoken: bool
    secret: bool


def check_words(script: Script, report: Report, *, walked: bool) -> None:
    """Report every text that may not be spoken as it stands.

    ``walked`` says that the script's ways have been found to be sound; only then is it known who listens where.
    """
    states = reached(script) if walked else {}
    for text in _texts(script, states):
        for language in SCRIPT_LANGUAGES:
            _check(script, text, language, report)


def _texts(script: Script, states: dict[str, frozenset[Known]]) -> Iterator[_Text]:
    yield _Text(("title",), script.title, spoken=False, secret=False)
    for index, stage in enumerate(script.stages):
        listening = any(not each.identified for each in states.get(stage.id, ()))
        path: Path = ("stage", index)
        yield _Text((*path, "say"), stage.say, spoken=True, secret=listening)
        if stage.lead is not None:
            yield _Text((*path, "lead"), stage.lead, spoken=True, secret=listening)
        if stage.hint is not None:
            yield _Text((*path, "hint"), stage.hint, spoken=False, secret=listening)
        for place, answer in enumerate(stage.answers):
            yield _Text((*path, "answer", place, "text"), answer.text, spoken=False, secret=listening)
    for index, card in enumerate(script.cards):
        path = ("card", index)
        yield _Text((*path, "title"), card.title, spoken=False, secret=True)
        yield _Text((*path, "say"), card.say, spoken=True, secret=False)
        if card.before is not None:
            yield _Text((*path, "before"), card.before, spoken=True, secret=True)
        if card.hint is not None:
            yield _Text((*path, "hint"), card.hint, spoken=False, secret=True)
        for place, answer in enumerate(card.answers):
            yield _Text((*path, "answer", place, "text"), answer.text, spoken=False, secret=True)


def _check(script: Script, text: _Text, language: Language, report: Report) -> None:
    words = text.words[language]
    path = (*text.path, language)
    if _MARKUP.search(words) or clean_line(words) != words:
        report(path, "markup", tr("Texts are read out as they stand: no brackets, tags or control characters."))
    try:
        used = variables_in(words)
    except ValueError:
        report(path, "variable", tr("A $ begins a variable; write $$ for the sign itself."))
        return
    for name in sorted(used - VARIABLES):
        report(path, "variable", tr("There is no variable “{name}”.").format(name=name))
    if found := _PRESSURE[language].search(words):
        report(path, "tone", tr("“{words}” puts pressure on people; say it another way.").format(words=found[0]))
    if text.secret:
        _secret(script, text, language, used, report)
    if text.spoken and len(words) > LONGEST[language]:
        report(path, "length", tr("This is too long to be read out in one breath; make two stages of it."))


def _secret(script: Script, text: _Text, language: Language, used: frozenset[str], report: Report) -> None:
    path = (*text.path, language)
    for name in sorted(used & DEBT_VARIABLES):
        words = tr("“{name}” belongs to the debt, and nobody may hear of it here yet.")
        report(path, "secret", words.format(name="$" + name))
    if not text.spoken or script.segment != "consumer":
        return
    if script.party == "third" and "creditor" in used:
        words = tr("Naming the creditor tells whoever answers that there is a debt; use $agency, or $agent alone.")
        report(path, "secret", words)
    if found := _DEBT_WORDS[language].search(_without_variables(text.words[language])):
        said = tr("“{words}” tells whoever answers that there is a debt.").format(words=found[0])
        report(path, "secret", said)


def _without_variables(words: str) -> str:
    """Give a text without its variables, whose names are no words of it."""
    return re.sub(r"\$\{?\w+\}?", "", words)
