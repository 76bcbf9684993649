"""The ability-to-pay sheet: what comes in and must go out, and the plans that fit; choosing one fills the promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from domain.case.ability import AbilitySheet, PayInterval
from domain.formats import day_plain
from domain.i18n import mark, tr, trn
from domain.money import format_money, parse_amount, to_decimal
from domain.records import dataclass
from screens.ports import Desk
from screens.widgets.clicking import clickable

if TYPE_CHECKING:
    from domain.affordability import AffordablePlan

_Field = Literal["income", "pay_day", "essentials", "other_debts"]
_LABELS: Final[dict[_Field, str]] = {
    "income": mark("Take-home income"),
    "pay_day": mark("Pay day (day of the month)"),
    "essentials": mark("Rent, food, travel, children"),
    "other_debts": mark("Other debts, a month"),
}
_INTERVALS: Final[tuple[PayInterval, ...]] = ("month", "two_weeks", "week")


@dataclass(frozen=True, slots=True)
class MeansChoice:
    """What the sheet ended with: the figures, and the plan to promise, if one was chosen."""

    sheet: AbilitySheet
    plan: AffordablePlan | None = None


class MeansScreen(ModalScreen[MeansChoice | None]):
    """The sheet of one case. Dismissed with the choice, or ``None`` when it was left; what was typed stays a draft."""

    CSS_PATH = "means.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="means.leave"),
        Binding("f6", "interval", "Interval", show=False, id="means.interval"),
        Binding("down", "app.focus_next", "Next field", show=False, id="means.down"),
        Binding("up", "app.focus_previous", "Field before", show=False, id="means.up"),
    ]

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__()
        self._desk = desk
        self._case_id = case_id
        self._plans: Sequence[AffordablePlan] = ()

    def compose(self) -> ComposeResult:
        """Fields, what is left, plans."""
        with VerticalScroll(id="sheet", can_focus=False):
            yield Static(Content(tr("Ability to pay")), id="title")
            for name, label in _LABELS.items():
                with Horizontal(classes="row"):
                    yield Label(Content(tr(label)))
                    yield Input(id=name, compact=True, select_on_focus=True)
                    yield Static(id=f"{name}-unit", classes="unit")
            yield Static(id="left")
            yield OptionList(id="plans", compact=True)
            hint = tr(
                "↵ next field, then ↑↓ and ↵ choose a plan · F6 how often income comes · Esc keeps what was typed"
            )
            yield Static(clickable(hint, "leave"), id="hint")

    def on_mount(self) -> None:
        """Show what was typed before, else the sheet kept with the case."""
        case = self._desk.case(self._case_id)
        draft = self._desk.draft(self._case_id)
        kept = case.sheet if case is not None else None
        for name in _LABELS:
            value = draft.get(f"means.{name}", "")
            if not value and kept is not None:
                value = str(kept.pay_day or "") if name == "pay_day" else self._money(kept, name)
            if not value and name == "pay_day" and case is not None and case.customer.pay_day:
                value = str(case.customer.pay_day)
            self.query_one(f"#{name}", Input).value = value
        if kept is not None and "means.interval" not in draft:
            self._desk.keep_draft(self._case_id, {"means.interval": kept.interval})
        self._work_out()
        self.query_one("#income", Input).focus()

    def _money(self, sheet: AbilitySheet, name: _Field) -> str:
        amount = {"income": sheet.income, "essentials": sheet.essentials, "other_debts": sheet.other_debts}[name]
        return to_decimal(amount, sheet.currency).removesuffix(".00") if amount else ""

    @property
    def _interval(self) -> PayInterval:
        chosen = self._desk.draft(self._case_id).get("means.interval", "month")
        return chosen if chosen in _INTERVALS else "month"

    def sheet(self) -> AbilitySheet | None:
        """Give the sheet as typed; ``None`` while a figure cannot be read or no income is named."""
        case = self._desk.case(self._case_id)
        if case is None:
            return None
        try:
            amounts = [self._amount(name, case.currency) for name in ("income", "essentials", "other_debts")]
        except ValueError:
            return None
        day = self.query_one("#pay_day", Input).value.strip()
        pay_day = int(day) if day.isdecimal() and 1 <= int(day) <= 31 else None
        if not amounts[0] or (day and pay_day is None):
            return None
        return AbilitySheet(case.currency, amounts[0], amounts[1], amounts[2], pay_day, self._interval)

    def _amount(self, name: str, currency: str) -> int:
        typed = self.query_one(f"#{name}", Input).value.strip()
        return parse_amount(typed, currency) if typed.strip("0.,") else 0

    def _work_out(self) -> None:
        """Show what is left and the plans that fit."""
        every = {"month": tr("every month"), "two_weeks": tr("every two weeks"), "week": tr("every week")}
        unit = clickable(every[self._interval] + " (F6)", "interval")
        self.query_one("#income-unit", Static).update(unit)
        for name in ("essentials", "other_debts"):
            self.query_one(f"#{name}-unit", Static).update(Content(tr("a month")))
        sheet = self.sheet()
        plans = self.query_one("#plans", OptionList)
        plans.clear_options()
        left = self.query_one("#left", Static)
        if sheet is None:
            self._plans = ()
            left.update(
                Content.styled(tr("Write the income as a figure; the rest may stay empty."), "$foreground-muted")
            )
            return
        words = tr("left of a month: {left}").format(left=format_money(sheet.left, sheet.currency))
        left.update(Content.styled(words, "bold" if sheet.left > 0 else "bold $text-error"))
        self._plans = self._desk.propose_plans(self._case_id, sheet)
        if not self._plans:
            left.update(
                Content.assemble((words, "bold"), "\n", (self._desk.why_no_plan(self._case_id, sheet), "$text-warning"))
            )
        plans.add_options([Option(self._plan_words(plan, sheet)) for plan in self._plans])
        plans.add_option(Option(Content(tr("keep the sheet without a plan"))))
        plans.highlighted = 0

    def _plan_words(self, plan: AffordablePlan, sheet: AbilitySheet) -> Content:
        words = trn("{n} payment of {amount}", "{n} payments of {amount}", plan.count).format(
            n=plan.count, amount=format_money(plan.parts[0].amount, sheet.currency)
        )
        if plan.count > 1 and plan.parts[-1].amount != plan.parts[0].amount:
            last = format_money(plan.parts[-1].amount, sheet.currency)
            words = tr("{payments}, the last {amount}").format(payments=words, amount=last)
        days = (
            tr("{first} to {last}").format(first=day_plain(plan.parts[0].due), last=day_plain(plan.parts[-1].due))
            if plan.count > 1
            else day_plain(plan.parts[0].due)
        )
        share = tr("{percent} % of what is left").format(percent=round(plan.share * 100))
        return Content.assemble((plan.label, "bold"), f"  {words} · {days} · {share}")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is typed and work the plans out anew."""
        event.stop()
        self._desk.keep_draft(self._case_id, {f"means.{event.input.id}": event.value})
        self._work_out()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field, after the last one to the plans."""
        event.stop()
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a plan, or only keep the sheet."""
        event.stop()
        sheet = self.sheet()
        if sheet is not None:
            plan = self._plans[event.option_index] if event.option_index < len(self._plans) else None
            self.dismiss(MeansChoice(sheet, plan))

    def action_interval(self) -> None:
        """Go to the next interval of income."""
        following = _INTERVALS[(_INTERVALS.index(self._interval) + 1) % len(_INTERVALS)]
        self._desk.keep_draft(self._case_id, {"means.interval": following})
        self._work_out()

    def action_leave(self) -> None:
        """Go back to the call; what was typed is kept."""
        self.dismiss(None)
