"""How far a file is on its way: a bar with a percentage once the server says it, a moving one before that."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.i18n import tr
from screens.supervisor.importing import ImportStep

_SPANS: Final = {"reading": (0, 30), "matching": (30, 40), "writing": (40, 100)}
"""Which part of the way each stage is, in per cent: folding and writing the cases takes most of the time."""
_CELLS: Final = 24
_EVERY: Final = 0.25


class FileProgress(Static):
    """The line at the bottom while a file is read or brought in."""

    def __init__(self) -> None:
        super().__init__(id="progress")
        self._words = ""
        self._ticks = 0
        self._step: ImportStep | None = None
        self._ticking: Timer | None = None

    @property
    def busy(self) -> bool:
        """Whether a file is on its way."""
        return bool(self._words)

    def begin(self, words: str) -> None:
        """Show that something has begun."""
        self._words, self._ticks, self._step = words, 0, None
        self.add_class("shown")
        self._ticking = self.set_interval(_EVERY, self._tick)
        self._paint()

    def show(self, step: ImportStep) -> None:
        """Show how far the server is."""
        self._step = step
        self._paint()

    def end(self) -> None:
        """Take the line away."""
        self._words = ""
        if self._ticking is not None:
            self._ticking.stop()
        self.remove_class("shown")

    def _tick(self) -> None:
        self._ticks += 1
        self._paint()

    def _paint(self) -> None:
        if not self._words:
            return
        seconds, stop = int(self._ticks * _EVERY), tr("x stops it")
        step = self._step
        if step is None or step.stage not in _SPANS or not step.total:
            place = self._ticks % _CELLS
            bar = "".join("█" if abs(each - place) < 4 else "░" for each in range(_CELLS))
            self.update(Content(f"{bar}  {self._words} · {seconds} s · {stop}"))
            return
        begin, end = _SPANS[step.stage]
        percent = begin + (end - begin) * min(step.done, step.total) // step.total
        filled = _CELLS * percent // 100
        self.update(
            Content(
                f"{'█' * filled}{'░' * (_CELLS - filled)} {percent:3} %  "
                f"{self._words}: {step_words(step)} · {seconds} s · {stop}"
            )
        )


def step_words(step: ImportStep) -> str:
    """Say what the server is at."""
    names = {
        "reading": tr("{done} of {total} rows read"),
        "matching": tr("{done} of {total} matched"),
        "writing": tr("{done} of {total} cases written"),
    }
    return names[step.stage].format(done=f"{step.done:,}", total=f"{step.total:,}")
