"""The customer's pay day as a date: asked for when it is not known."""

from __future__ import annotations

from domain.dates.arithmetic import next_pay_day
from domain.dates.mention import Outcome, Refusal, Setting, Trouble, one_day
from domain.i18n import tr


def on_pay_day(setting: Setting) -> Outcome:
    """Give the next pay day, or a refusal that asks for it."""
    if setting.pay_day is None:
        return Refusal(Trouble.PAY_DAY, tr("Ask which day of the month the customer is paid."))
    note = tr("The next pay day, paid on day {day} of the month.").format(day=setting.pay_day)
    return one_day(next_pay_day(setting.today, setting.pay_day), note)
