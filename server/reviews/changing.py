"""Two changes of one promise at once: the supervisor says which one stands, and that becomes a fact of the case.

The change that came second waits beside the promise. Where it is to stand, it is stated again in the supervisor's name on
top of what stands now, so that every machine folds the case to the same promise; where not, nothing is stated but the
decision. Both are taken back with the decision.
"""

from __future__ import annotations

from typing import Final

from domain.case.model import Promise
from domain.facts.payloads import PromiseAmended, PromiseWithdrawn
from domain.i18n import tr
from domain.ids import digest_id
from server.cases.open_case import OpenCase

KIND: Final = "concurrent-amendment"
"""The reviews this is about."""

Change = PromiseAmended | PromiseWithdrawn


class CannotDecide(ValueError):  # noqa: N818 - it answers a request, it reports no malfunction
    """It cannot be decided like this; the message is one sentence."""


def change_of(case: OpenCase, fact: str) -> Change | None:
    """Give the change that waits for review."""
    payload = next((stored.fact.payload for stored in case.existing if stored.fact.id == fact), None)
    return payload if isinstance(payload, PromiseAmended | PromiseWithdrawn) else None


def version_kept(case: OpenCase, fact: str, keep: str) -> bool:
    """Tell whether ``keep`` names the change under review (true) or what stands now (false).

    Raises :class:`CannotDecide` where it names neither.
    """
    promise = _promise(case, change_of(case, fact))
    if keep == fact:
        return True
    if promise is not None and keep in (promise.tip, promise.id, promise.fact):
        return False
    raise CannotDecide(tr("The version to keep is not one of the two; nothing was decided."))


def restated(case: OpenCase, fact: str, reason: str | None) -> Change:
    """Give the change as it is stated anew, on top of what stands now.

    Raises :class:`CannotDecide` where the promise has ended in the meantime.
    """
    change = change_of(case, fact)
    promise = _promise(case, change)
    if change is None or promise is None or promise.ended is not None:
        raise CannotDecide(
            tr("This promise has ended in the meantime; say no to the change, and agree a new promise on the case.")
        )
    if isinstance(change, PromiseWithdrawn):
        return PromiseWithdrawn(promise.id, promise.tip, change.reason or reason)
    return PromiseAmended(
        promise.id, change.parts, promise.tip, reason or change.reason, words=change.words, method=change.method
    )


def restated_id(fact: str, round_number: int) -> str:
    """Name the fact that states a change again; each decision after one that was taken back has its own."""
    return digest_id("f", "review", "stands", fact, str(round_number))


def _promise(case: OpenCase, change: Change | None) -> Promise | None:
    if change is None:
        return None
    return next((promise for promise in case.folded.promises if promise.id == change.promise_id), None)
