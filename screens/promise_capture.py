"""How a promise is captured on the call screen: the line and its keys, a plan, the change of a promise, the pay day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from domain.i18n import tr
from domain.money import format_money
from screens.ports import Desk, PromiseEntry, PromiseStep, PromiseView, Refused
from screens.widgets.capture import CaptureLine, Choice, Mode
from screens.widgets.clicking import clickable
from screens.widgets.promiselines import INTERVALS, METHODS, choice_line, promise_lines, standing_lines

if TYPE_CHECKING:
    from domain.affordability import AffordablePlan
    from domain.case.ability import AbilitySheet
    from screens.call import CallScreen

MODES: Final[frozenset[Mode]] = frozenset({"promise", "promise_choice", "withdraw", "pay_day"})
"""The modes of the capture line that are about a promise."""
FIELDS: Final = ("text", "amount", "count", "first", "every", "spread", "method", "month_day", "shift", "amends")


class PromiseFlow:
    """The promise line's behaviour for one call screen; what is typed and chosen is kept as a draft at every key."""

    def __init__(self, screen: CallScreen, desk: Desk) -> None:
        self._screen = screen
        self._desk = desk
        self._recap: PromiseView | None = None

    @property
    def _line(self) -> CaptureLine:
        return self._screen.query_one(CaptureLine)

    @property
    def _case(self) -> str:
        return self._screen.case_id

    def _drafted(self, name: str) -> str:
        return self._desk.draft(self._case).get(f"promise.{name}", "")

    def _draft(self, **fields: str) -> None:
        self._desk.keep_draft(self._case, {f"promise.{name}": value for name, value in fields.items()})

    # --- opening ---

    def ask(self) -> None:
        """Open the promise line; where a promise stands ask first whether it is replaced, changed or withdrawn."""
        standing = self._desk.standing_promise(self._case)
        if standing is None or self._drafted("text") or self._drafted("amends"):
            self.open("promise")
            return
        self.open("promise_choice")

    def open(self, mode: Mode) -> None:
        """Open the line in one of the modes of a promise."""
        self._recap = None
        if mode == "promise":
            self._desk.arrived(self._case, "close")
            self._screen.stepped()
        standing = self._desk.standing_promise(self._case)
        if mode == "promise_choice" and standing is None:
            mode = "promise"
        self._desk.keep_draft(self._case, {"mode": mode})
        text = self._drafted("text") if mode == "promise" else self._desk.draft(self._case).get(f"{mode}.text", "")
        self._line.open(
            mode,
            text=text,
            amount=self._drafted("amount"),
            count=self._drafted("count"),
            first=self._drafted("first"),
            whole=self._whole() if mode == "promise" else "",
        )
        if mode == "promise_choice" and standing is not None:
            self._line.preview(*standing_lines(standing))
        elif mode == "pay_day":
            self._line.preview(Content(tr("Asked once, kept with the customer: the day of the month they are paid.")))

    def _whole(self) -> str:
        view = self._desk.read_promise(self._case, PromiseEntry("today", amends=self._drafted("amends")))
        total = sum(part.amount for part in view.parts)
        return tr("{amount} (all)").format(amount=format_money(total, view.currency)) if total else ""

    def fill(self, **fields: str) -> None:
        """Open the line filled in, as an affordable plan or a script answer does."""
        self._draft(**(dict.fromkeys(FIELDS, "") | fields))
        self.open("promise")

    def take(self, plan: AffordablePlan, sheet: AbilitySheet) -> None:
        """Fill the line with a plan the customer's means allow."""
        self.fill(
            text=plan.first.isoformat(),
            count=str(plan.count),
            every=sheet.interval,
            spread="last",
            month_day=str(plan.month_day or ""),
            shift="after",
        )

    # --- keys ---

    def choose(self, key: str) -> bool:
        """Take the key that says what happens to the promise that stands; tells whether it meant something."""
        standing = self._desk.standing_promise(self._case)
        if key == "r" or standing is None:
            self.open("promise")
        elif key == "a":
            self._draft(amends=standing.promise.id)
            self.open("promise")
        elif key == "w":
            self.open("withdraw")
        else:
            return False
        return True

    def step(self, step: PromiseStep) -> None:
        """Move the date; the pay day is asked for where nobody knows it yet."""
        moved = self._desk.move_promise(self._case, self.entry(), step)
        if not isinstance(moved, Refused):
            self._draft(text=moved.isoformat(), month_day="31" if step == "month_end" else "")
            self._line.text = moved.isoformat()
        elif moved.code == "pay_day":
            self.open("pay_day")
        else:
            self._screen.say(moved.text, trouble=True)

    def turn(self, what: Choice) -> None:
        """Go to the next interval, spread or method."""
        entry = self.entry()
        if what == "every":
            self._draft(every=INTERVALS[(INTERVALS.index(entry.every) + 1) % len(INTERVALS)])
        elif what == "spread":
            self._draft(spread="last" if entry.spread == "equal" else "equal")
        else:
            place = METHODS.index(entry.method) if entry.method in METHODS else -1
            self._draft(method=METHODS[(place + 1) % len(METHODS)])
        self.preview()

    def accept_proposal(self) -> bool:
        """Take the day the checks propose, or move a plan's payments off days off; tells whether there was anything."""
        if self._line.mode != "promise" or not self._line.text.strip():
            return False
        view = self._desk.read_promise(self._case, self.entry())
        if view.proposal is not None:
            self._line.text = view.proposal.isoformat()
            return True
        if view.shift_offered:
            self._draft(shift="before")
            self.preview()
            return True
        return False

    def back(self) -> bool:
        """Take one step back inside the promise; tells whether there was one."""
        if self._recap is not None:
            self._recap = None
            self.preview()
            return True
        if self._line.mode in ("withdraw", "pay_day"):
            self.open("promise_choice" if self._line.mode == "withdraw" else "promise")
            return True
        if self._line.mode == "promise" and self._drafted("amends"):
            self._draft(**dict.fromkeys(FIELDS, ""))
            self.open("promise_choice")
            return True
        return False

    # --- typing and saving ---

    def entry(self) -> PromiseEntry:
        """Give what is typed and chosen."""
        line = self._line
        every, spread, shift = self._drafted("every"), self._drafted("spread"), self._drafted("shift")
        return PromiseEntry(
            line.text,
            line.amount,
            line.count,
            every if every in INTERVALS else "month",
            self._drafted("method") or METHODS[0],
            line.first,
            "last" if spread == "last" else "equal",
            self._drafted("month_day"),
            "after" if shift == "after" else "before" if shift == "before" else "",
            self._drafted("amends"),
        )

    def changed(self, mode: Mode) -> None:
        """Keep what was typed and show what it means."""
        line = self._line
        if mode != "promise":
            self._desk.keep_draft(self._case, {f"{mode}.text": line.text})
            return
        if line.text != self._drafted("text"):
            self._draft(month_day="")
        self._draft(text=line.text, amount=line.amount, count=line.count, first=line.first)
        self._recap = None
        self.preview()

    def preview(self) -> None:
        """Show what would be saved."""
        line, entry = self._line, self.entry()
        several = line.count.strip() not in ("", "1")
        line.choices(choice_line(entry, several=several), several=several)
        if not line.text.strip():
            line.preview()
            return
        view = self._desk.read_promise(self._case, entry)
        line.preview(*promise_lines(view, line.size.width or 80))

    def submitted(self, mode: Mode) -> None:
        """Save, or say why not."""
        text = self._line.text.strip()
        if mode == "withdraw":
            standing = self._desk.standing_promise(self._case)
            if standing is not None:
                self._screen.done(self._desk.withdraw_promise(self._case, standing.promise.id, text))
        elif mode == "pay_day":
            result = self._desk.save_pay_day(self._case, text)
            if isinstance(result, Refused):
                self._screen.say(result.text, trouble=True)
                return
            self.open("promise")
            self._screen.say(result.text)
        elif mode == "promise":
            self._submit()

    def _submit(self) -> None:
        view = self._desk.read_promise(self._case, self.entry())
        if view.asks_pay_day:
            self.open("pay_day")
            return
        if not view.ready:
            self._screen.say(next((i.text for i in view.issues if i.severity == "error"), view.why), trouble=True)
            return
        if not self._screen.need_call():
            return
        if self._recap is None:
            self._recap = view
            self._desk.arrived(self._case, "recap")
            self._screen.stepped()
            words = tr("Read out, then ↵ when the customer said yes · ⟦Esc call.back⟧ changes it")
            ask = clickable(Content.styled(words, "bold $accent"), "submit_capture")
            waits = [each.text for each in view.issues if each.severity == "approval"]
            told = [Content.styled("! " + words, "$text-warning") for words in waits[:2]]
            self._line.preview(Content.assemble("“", view.recap, "”"), *told, ask)
            return
        self._screen.done(self._desk.save_promise(self._case, self.entry()))
