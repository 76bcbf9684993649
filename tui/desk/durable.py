"""One durable step: facts and the call's state appear together, or neither does and a sentence says why."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from data.outbox import FactTooLongError
from data.store import StoreError
from screens.ports import Refused
from tui.desk.callstate import CallState

if TYPE_CHECKING:
    from tui.desk.desk import DeskParts

_Captured = TypeVar("_Captured")
_Arguments = ParamSpec("_Arguments")


def refusing(capture: Callable[_Arguments, _Captured]) -> Callable[_Arguments, _Captured | Refused]:
    """Turn what the store or the outbox cannot do into a sentence: nothing was saved, what was typed is still there."""

    @functools.wraps(capture)
    def guarded(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Captured | Refused:
        try:
            return capture(*args, **kwargs)
        except (FactTooLongError, StoreError) as error:
            return Refused(str(error), "store")

    return guarded


@contextmanager
def together(parts: DeskParts, calls: CallState) -> Iterator[None]:
    """Make the facts and the call's state one durable change; when that fails, both are as they were."""
    try:
        with parts.store.transaction():
            yield
    except BaseException:
        calls.reload()
        parts.outbox.reload()
        raise
