"""From the days a sentence names to what can be promised: which of them counts, in how many parts, or why none does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.dates.echo import absolute
from domain.dates.mention import Days, Mention, Refusal, Setting, Trouble
from domain.dates.parts import Portion, as_part, dated_parts, portions
from domain.dates.reading import DatedPart, PhraseReading
from domain.dates.wording import WORDING, Wording
from domain.i18n import Language, tr

_A_LIFE: Final = 10
"""Years after which a past date said with its year is taken for a date of birth."""

_PAY_DAY_DATED: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"^[,\s]*(?:(?:is|on|by|at|which|that|that's|it's|comes?|the|around|this|will be|when|because|as|since|i|in)\b\s*)*$"
    ),
    "zh": re.compile(r"^[，,的是在就我们都会能\s]*$"),
}
"""What may stand between a pay day and its date, so that "I get paid on the 30th" asks for nothing."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cleaned sentence with the days named in it."""

    text: str
    """As cleaned for its language."""
    language: Language
    said: str
    """As given."""
    setting: Setting

    @property
    def wording(self) -> Wording:
        """The patterns of the sentence's language."""
        return WORDING[self.language]

    def doubted(self, mentions: Sequence[Mention]) -> bool:
        """Tell whether the sentence, or the part of it with the days, commits to nothing."""
        if any(wording.doubt.search(self.text) for wording in WORDING.values()):
            return True
        wording = self.wording
        return any(wording.mild_doubt.search(wording.sentence_around(self.text, m.start, m.end)) for m in mentions)

    def repeats(self) -> bool:
        """Tell whether the sentence speaks of payments that repeat, and not of the customer's own income."""
        for found in self.wording.repeating.finditer(self.text):
            before, after = self.wording.clause_around(self.text, found.start(), found.end())
            if self.wording.income.search(f"{before} {after}") is None:
                return True
        return False


def judge(sentence: Sentence, mentions: list[Mention]) -> PhraseReading:
    """Decide what a sentence promises."""
    live, reason = _usable(sentence, mentions)
    live = _without_dated_pay_days(sentence, live)
    if sentence.repeats():
        named = [m.outcome.kept for m in live if isinstance(m.outcome, Days)]
        why = tr("Payments that repeat are a plan: make an instalment plan.")
        return _nothing(sentence, why, mentioned=named[0] if named else None)
    said = portions(sentence.text, sentence.language, live)
    reading = _in_parts(sentence, said, live) or _single(sentence, said, live, reason)
    if reading.date is not None and sentence.doubted(live):
        return replace(
            reading,
            date=None,
            parts=(),
            tentative=True,
            mentioned=reading.date,
            mentioned_parts=reading.parts,
            why=tr("No promise yet: ask for a yes to {day}.").format(day=absolute(reading.date)),
        )
    if reading.date is None and sentence.doubted(mentions):
        return replace(reading, tentative=True)
    return reading


def _nothing(sentence: Sentence, why: str, *, mentioned: date | None = None, pay_day: bool = False) -> PhraseReading:
    return PhraseReading(
        text=sentence.said,
        today=sentence.setting.today,
        date=None,
        range=False,
        parts=(),
        needs="pay_day" if pay_day else None,
        tentative=False,
        why=why,
        mentioned=mentioned,
    )


def _usable(sentence: Sentence, mentions: list[Mention]) -> tuple[list[Mention], str]:
    """Sort out the days that cannot be promised; give the rest with the best reason to give if there is none."""
    live: list[Mention] = []
    reason = ""
    today, wording, text = sentence.setting.today, sentence.wording, sentence.text
    for mention in mentions:
        outcome = mention.outcome
        if isinstance(outcome, Refusal):
            live.append(mention)
            continue
        before, after = wording.clause_around(text, mention.start, mention.end)
        if wording.birth.search(wording.sentence_around(text, mention.start, mention.end)):
            reason = reason or tr("A date of birth is no promise.")
        elif outcome.kept < today and outcome.last < today:
            reason = reason or _past(outcome, today)
        elif wording.paid_already.search(f"{before} {after}"):
            reason = reason or tr("The customer says it has been paid: no promise.")
        elif wording.refuses(text, mention.start, mention.end):
            reason = reason or tr("The customer says when it will not be paid: ask for a day.")
        elif outcome.loose and wording.history.search(before):
            continue
        elif outcome.kept < today:
            live.append(replace(mention, outcome=replace(outcome, kept=outcome.last, first=today)))
        else:
            live.append(mention)
    return live, reason


def _past(days: Days, today: date) -> str:
    if days.year_said and today.year - days.kept.year > _A_LIFE:
        return tr("{day} is long past, perhaps a date of birth: no promise.").format(day=absolute(days.kept))
    return tr("{day} is in the past: ask for a day from today on.").format(day=absolute(days.kept))


def _without_dated_pay_days(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """Drop a pay day whose date is said with it: "I get paid on the 30th"."""
    between = _PAY_DAY_DATED[sentence.language]

    def dated(index: int) -> bool:
        mention = mentions[index]
        for near in (index - 1, index + 1):
            if 0 <= near < len(mentions) and isinstance(mentions[near].outcome, Days):
                one, two = sorted((mention, mentions[near]), key=lambda each: each.start)
                if between.match(sentence.text[one.end : two.start]):
                    return True
        return False

    return [
        mention
        for index, mention in enumerate(mentions)
        if not (isinstance(mention.outcome, Refusal) and mention.outcome.trouble is Trouble.PAY_DAY and dated(index))
    ]


def _in_parts(sentence: Sentence, said: list[Portion], mentions: list[Mention]) -> PhraseReading | None:
    """Read a promise of two payments or more; ``None`` where the sentence speaks of one."""
    if len(mentions) < 2 or all(portion.rest for portion in said):
        return None
    if len(said) == 1 and _EACH.search(sentence.text):
        pairs, complete = [(said[0], mention) for mention in mentions], True
    else:
        pairs, complete = dated_parts(_with_unsaid_rest(sentence, said, mentions), mentions)
    if len(pairs) < 2 or not complete:
        return None
    parts: list[DatedPart] = []
    for portion, mention in pairs:
        if isinstance(mention.outcome, Refusal):
            return _refused(sentence, mention.outcome, pairs[0][1])
        parts.append(as_part(portion, mention.outcome))
    parts.sort(key=lambda part: part.date)
    if sum(1 for part in parts if part.rest) > 1 or sum(part.share or 0 for part in parts) > 1:
        return None
    why = tr("{n} payments, the first on {day}.").format(n=len(parts), day=absolute(parts[0].date))
    return replace(
        _nothing(sentence, why),
        date=parts[0].date,
        range=parts[0].range,
        parts=tuple(parts),
    )


_EACH: Final = re.compile(r"各|\beach\b")
"""One payment on each of the days: "200 each on Friday and Monday", "今天和月底各还一半"."""
_THEN: Final = re.compile(r"(?:,|;|\band\b|\bthen\b|&|，|、|再|然后|；)[^.。!?！？]{0,12}$")


def _with_unsaid_rest(sentence: Sentence, said: list[Portion], mentions: list[Mention]) -> list[Portion]:
    """Add the rest that goes without saying: "half today, then Friday"."""
    if len(said) != 1 or said[0].rest or len(mentions) != 2:
        return said
    first, second = mentions
    between = sentence.text[max(first.end, said[0].end) : second.start]
    if said[0].start > second.start or not _THEN.search(between) or sentence.wording.income.search(sentence.text):
        return said
    return [said[0], Portion(second.end, second.end)]


def _refused(sentence: Sentence, refusal: Refusal, first: Mention | None = None) -> PhraseReading:
    named = first.outcome.kept if first is not None and isinstance(first.outcome, Days) else None
    return _nothing(sentence, refusal.why, mentioned=named, pay_day=refusal.trouble is Trouble.PAY_DAY)


def _single(sentence: Sentence, said: list[Portion], mentions: list[Mention], reason: str) -> PhraseReading:
    """Read a promise of one payment, or say why there is none."""
    days = [(mention, mention.outcome) for mention in mentions if isinstance(mention.outcome, Days)]
    firm = [(mention, outcome) for mention, outcome in days if not outcome.loose]
    refusals = [mention.outcome for mention in mentions if isinstance(mention.outcome, Refusal)]
    if refusals and not firm:
        return _refused(sentence, refusals[0])
    candidates = firm or days
    if not candidates:
        return _nothing(sentence, reason or tr("No day is named: ask for one."))
    chosen = _chosen(sentence, candidates)
    others = {outcome.kept for _, outcome in candidates} - {chosen.kept}
    why = chosen.note or tr("Read as {day}.").format(day=absolute(chosen.kept))
    if others:
        why = tr("{day} is also named: ask which is meant.").format(day=absolute(min(others)))
    portion = said[0] if len(said) == 1 else None
    return replace(
        _nothing(sentence, why),
        date=chosen.kept,
        range=chosen.range,
        stretch=(chosen.first, chosen.last) if chosen.range else None,
        share=portion.share if portion else None,
        amount=portion.amount if portion else None,
    )


def _chosen(sentence: Sentence, candidates: Sequence[tuple[Mention, Days]]) -> Days:
    """Take the day in the clause that speaks of paying, or else the first one named."""
    if len(candidates) > 1:
        for mention, days in candidates:
            before, after = sentence.wording.clause_around(sentence.text, mention.start, mention.end)
            clause = f"{before} {after}"
            if sentence.wording.paying.search(clause) and not sentence.wording.income.search(clause):
                return days
    return candidates[0][1]
