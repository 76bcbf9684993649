"""What a desk can do about promises: read, move, change, withdraw; the pay day and the ability-to-pay sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.case import reading
from domain.case.model import Case
from domain.gate.holidays import PublicHolidays
from domain.i18n import tr
from domain.policy import Policy
from screens.ports import PromiseEntry, PromiseStep, PromiseView, Refused, Saved

if TYPE_CHECKING:
    from domain.affordability import AffordablePlan
    from domain.case.ability import AbilitySheet
    from domain.promises import Standing
    from tui.desk.capturing import Capturing
    from tui.desk.promising import PromiseReader


class PromiseDesk:
    """The part of :class:`tui.desk.desk.AgentDesk` that is about promises."""

    _holidays: PublicHolidays

    if TYPE_CHECKING:

        @property
        def policy(self) -> Policy:
            """The rules of the house."""

        @property
        def _capturing(self) -> Capturing: ...

        def now(self) -> datetime:
            """Tell the instant."""

        def case(self, case_id: str) -> Case | None:
            """Give a case."""

    def read_promise(self, case_id: str, entry: PromiseEntry) -> PromiseView:
        """Say what a promise would be."""
        case = self.case(case_id)
        if case is None:
            return PromiseView((), "", "", "", (), "", ready=False)
        return self._promises.read(case, entry, self.now())

    @property
    def _promises(self) -> PromiseReader:
        """What reads promises; imported with the first one."""
        from tui.desk.promising import PromiseReader

        return PromiseReader(self.policy, self._holidays)

    def move_promise(self, case_id: str, entry: PromiseEntry, step: PromiseStep) -> date | Refused:
        """Give the day a key moves the date of a promise to."""
        case = self.case(case_id)
        if case is None:
            return Refused(tr("This case is no longer yours."), "gone")
        return self._promises.move(case, entry, step, self.now())

    def standing_promise(self, case_id: str) -> Standing | None:
        """Give the promise money is still expected from, the newest where there are several."""
        case = self.case(case_id)
        return None if case is None else self._promises.standing(case, self.now())

    def withdraw_promise(self, case_id: str, promise_id: str, reason: str) -> Saved | Refused:
        """End a promise with a reason; the call goes on."""
        return self._capturing.withdraw_promise(case_id, promise_id, reason)

    def save_pay_day(self, case_id: str, text: str) -> Saved | Refused:
        """Remember the customer's pay day; the call goes on."""
        return self._capturing.save_pay_day(case_id, text)

    def propose_plans(self, case_id: str, sheet: AbilitySheet) -> Sequence[AffordablePlan]:
        """Give the plans a sheet allows for what is owed."""
        case = self.case(case_id)
        return () if case is None else self._promises.affordable(case, sheet, self.now())

    def why_no_plan(self, case_id: str, sheet: AbilitySheet) -> str:
        """Say why a sheet allows no plan."""
        from domain.affordability import why_none

        case = self.case(case_id)
        owed = 0 if case is None else reading.balance(case, reading.customer_day(case, self.now())).owed
        return why_none(sheet, owed, self.policy.promise)

    def save_sheet(self, case_id: str, sheet: AbilitySheet) -> Saved | Refused:
        """Keep an ability-to-pay sheet; the call goes on."""
        return self._capturing.save_sheet(case_id, sheet)

    def save_promise(self, case_id: str, entry: PromiseEntry) -> Saved | Refused:
        """Save a promise and wrap the call up."""
        return self._capturing.save_promise(case_id, entry)

    def save_promise_alone(self, case_id: str, entry: PromiseEntry) -> str | Refused:
        """Save a promise made outside a call; gives its id."""
        return self._capturing.save_promise_alone(case_id, entry)
