"""Every way a call can take through a script, walked: dead ends, loops, closed gates, skipped rungs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from domain.i18n import tr
from domain.records import dataclass
from domain.scripts.finding import Report
from domain.scripts.lines import Path
from domain.scripts.model import GATED, OBJECTIONS, RUNGS, WAY, Answer, Script, Stage

_FACTORS_NEEDED: Final = {"consumer": 2, "business": 1}
_SAVES: Final = frozenset({"wrap_up", "promise", "callback", "dispute", "hardship", "escalate"})


@dataclass(frozen=True, slots=True)
class Known:
    """What has happened on the way to a stage: whether the customer is identified, and the texts have been read."""

    identified: bool = False
    disclosed: bool = False

    def after(self, answer: Answer) -> Known:
        """Give what is known once an answer was given."""
        return Known(
            self.identified or answer.action == "identity",
            self.disclosed or answer.action == "disclosed",
        )

    @property
    def open(self) -> bool:
        """Whether the debt may be spoken of."""
        return self.identified and self.disclosed


def paths(script: Script) -> Iterator[tuple[str, ...]]:
    """Give every way from the first stage to a wrap-up, as stage ids. Ends only for a script without loops."""
    waiting: list[tuple[str, ...]] = [(script.stages[0].id,)]
    while waiting:
        path = waiting.pop()
        stage = script.stage(path[-1])
        onward = list(dict.fromkeys(answer.goto for answer in stage.answers if answer.goto is not None))
        if stage.kind == "wrap_up" or not onward:
            yield path
        else:
            waiting.extend((*path, goto) for goto in onward)


def reached(script: Script) -> dict[str, frozenset[Known]]:
    """Tell for every stage in which states of knowledge a call can come to it; stages nobody reaches are absent."""
    found: dict[str, set[Known]] = {}
    waiting: list[tuple[str, Known]] = [(script.stages[0].id, Known())]
    names = {stage.id for stage in script.stages}
    while waiting:
        stage_id, known = waiting.pop()
        if known in found.setdefault(stage_id, set()):
            continue
        found[stage_id].add(known)
        onward = [answer for answer in script.stage(stage_id).answers if answer.goto in names]
        waiting.extend((answer.goto, known.after(answer)) for answer in onward if answer.goto is not None)
    return {stage_id: frozenset(states) for stage_id, states in found.items()}


class Walk:
    """One check of a script's ways. ``codes`` are the result codes an answer may propose."""

    def __init__(self, script: Script, codes: Collection[str], report: Report) -> None:
        self._script = script
        self._codes = codes
        self._report = report
        self._places: dict[str, int] = {}
        for index, stage in enumerate(script.stages):
            self._places.setdefault(stage.id, index)

    def check(self) -> None:
        """Report everything that would stop a call on its way."""
        self._unique()
        self._complete()
        for index, stage in enumerate(self._script.stages):
            self._stage(index, stage)
        for index, card in enumerate(self._script.cards):
            self._answers(("card", index), card.answers)
        if self._loops():
            return
        states = reached(self._script)
        self._ways(states)
        self._ladder()

    def _unique(self) -> None:
        for kind, names in (
            ("stage", [stage.id for stage in self._script.stages]),
            ("card", [card.id for card in self._script.cards]),
        ):
            for index, name in enumerate(names):
                if name in names[:index]:
                    self._report((kind, index, "id"), "duplicate", tr("“{name}” is there twice.").format(name=name))

    def _complete(self) -> None:
        kinds = {stage.kind for stage in self._script.stages}
        for kind in (*WAY, "third_party"):
            if kind not in kinds:
                self._report((), "missing", tr("There is no stage of kind “{kind}”.").format(kind=kind))
        rungs = {stage.rung for stage in self._script.stages}
        for rung in RUNGS:
            if rung not in rungs:
                self._report((), "missing", tr("No stage offers the rung “{rung}”.").format(rung=rung))
        cards = {card.id for card in self._script.cards}
        for card_id in OBJECTIONS:
            if card_id not in cards:
                self._report((), "missing", tr("There is no card for the objection “{card}”.").format(card=card_id))
        if self._script.stages[0].kind != "open":
            self._report(("stage", 0, "kind"), "missing", tr("The first stage must be of kind “open”."))

    def _stage(self, index: int, stage: Stage) -> None:
        path: Path = ("stage", index)
        self._answers(path, stage.answers)
        for place, answer in enumerate(stage.answers):
            where = (*path, "answer", place)
            if stage.kind == "wrap_up":
                if answer.goto is not None:
                    self._report((*where, "goto"), "dead_end", tr("A wrap-up is the end: its answers lead nowhere."))
            elif answer.goto is None:
                self._report(where, "dead_end", tr("This answer leads to no stage, so the call cannot go on."))
        if stage.kind == "wrap_up" and not any(answer.action in _SAVES for answer in stage.answers):
            self._report(path, "dead_end", tr("No answer of this wrap-up saves the call."))
        if stage.kind == "verify":
            self._verify(path, stage)
        if stage.kind == "disclose" and not any(answer.action == "disclosed" for answer in stage.answers):
            self._report(path, "gate", tr("No answer says that the required text has been read."))

    def _verify(self, path: Path, stage: Stage) -> None:
        needed = _FACTORS_NEEDED[self._script.segment]
        passing = [(place, answer) for place, answer in enumerate(stage.answers) if answer.action == "identity"]
        for place, answer in passing:
            if len(set(answer.factors)) < needed:
                words = tr("Compare {n} different details at least and name them in “factors”.").format(n=needed)
                self._report((*path, "answer", place), "factors", words)
        if not passing:
            self._report(path, "gate", tr("No answer confirms the identity."))
        failing = [
            answer
            for answer in stage.answers
            if answer.action == "identity_failed"
            and answer.goto in self._places
            and self._script.stage(answer.goto).kind == "third_party"
        ]
        if not failing:
            words = tr("A failed identity must lead (identity_failed) to a stage of kind “third_party”.")
            self._report(path, "gate", words)

    def _answers(self, path: Path, answers: tuple[Answer, ...]) -> None:
        keys = [answer.key for answer in answers]
        for place, answer in enumerate(answers):
            where = (*path, "answer", place)
            if answer.key in keys[:place]:
                self._report((*where, "key"), "duplicate", tr("Key {key} is used twice here.").format(key=answer.key))
            if answer.goto is not None and answer.goto not in self._places:
                self._report((*where, "goto"), "goto", tr("There is no stage “{name}”.").format(name=answer.goto))
            if answer.outcome is not None and answer.outcome not in self._codes:
                words = tr("There is no result code “{code}”.").format(code=answer.outcome)
                self._report((*where, "outcome"), "outcome", words)
            if answer.goto is None and answer.action is None and answer.outcome is None:
                self._report(where, "dead_end", tr("This answer does nothing."))

    def _loops(self) -> bool:
        """Report every answer that leads back: with none, every way ends. Tells whether there was one."""
        state: dict[str, int] = {}
        looped = False

        def visit(stage_id: str) -> None:
            nonlocal looped
            state[stage_id] = 1
            index = self._places[stage_id]
            for place, answer in enumerate(self._script.stages[index].answers):
                if answer.goto is None or answer.goto not in self._places:
                    continue
                if state.get(answer.goto) == 1:
                    looped = True
                    words = tr("This leads back to “{name}”: ⟦⌫ call.stage_back⟧ goes back, answers go on.").format(
                        name=answer.goto
                    )
                    self._report(("stage", index, "answer", place, "goto"), "loop", words)
                elif answer.goto not in state:
                    visit(answer.goto)
            state[stage_id] = 2

        for stage in self._script.stages:
            if stage.id not in state:
                visit(stage.id)
        return looped

    def _ways(self, states: dict[str, frozenset[Known]]) -> None:
        for index, stage in enumerate(self._script.stages):
            known = states.get(stage.id)
            if known is None:
                self._report(("stage", index), "unreachable", tr("Nobody can reach this stage."))
            elif stage.kind in GATED and not all(each.open for each in known):
                words = tr("A way leads here before the identity is confirmed and the required text has been read.")
                self._report(("stage", index), "gate", words)

    def _ladder(self) -> None:
        """Report an answer that skips a rung; only the way to hardship help may be short, from wherever it begins."""
        for index, stage in enumerate(self._script.stages):
            if stage.rung is None:
                continue
            for place, answer in enumerate(stage.answers):
                following = self._script.stage(answer.goto).rung if answer.goto in self._places else None
                if following is None or following == "hardship":
                    continue
                step = RUNGS.index(following) - RUNGS.index(stage.rung)
                if step != 1:
                    words = tr("One rung at a time: “{next}” does not follow “{rung}”.")
                    self._report(
                        ("stage", index, "answer", place, "goto"),
                        "ladder",
                        words.format(next=following, rung=stage.rung),
                    )
