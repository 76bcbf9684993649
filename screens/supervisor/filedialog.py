"""The file dialog, with its words in the interface language."""

from __future__ import annotations

from pathlib import Path

from textual_fspicker import FileOpen, Filters

from domain.i18n import tr
from domain.text import clean

_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".htm", ".html"})


class OpenFile(FileOpen):
    """Chooses a file that exists; gives nothing when it was left with Esc."""

    ERROR_PERMISSION_ERROR = "✗"

    def __init__(self, start: Path) -> None:
        super().__init__(
            start,
            tr("Which file?"),
            open_button=tr("Open file"),
            cancel_button=tr("Cancel"),
            filters=Filters(
                (tr("Lists"), lambda path: path.suffix.lower() in _ENDINGS and _is_harmless(path)),
                (tr("All files"), _is_harmless),
            ),
        )


def _is_harmless(path: Path) -> bool:
    """Tell whether a name may be shown: one with control characters in it would reach the terminal."""
    return clean(path.name) == path.name
