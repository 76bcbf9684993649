"""What differs between two versions of a document, place by place; long texts line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from domain.supervision import Difference


def differences(before: Any, after: Any, path: str = "") -> list[Difference]:
    """Give every difference between two plain JSON values, in the order of the places."""
    return list(_walk(before, after, path))


def _walk(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            place = f"{path}.{name}" if path else str(name)
            if name not in before:
                yield Difference(place, "added", None, after[name])
            elif name not in after:
                yield Difference(place, "removed", before[name], None)
            else:
                yield from _walk(before[name], after[name], place)
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            place = f"{path}[{index}]"
            if index >= len(before):
                yield Difference(place, "added", None, after[index])
            elif index >= len(after):
                yield Difference(place, "removed", before[index], None)
            else:
                yield from _walk(before[index], after[index], place)
    elif type(before) is not type(after) or before != after:
        yield _changed(path, before, after)


def _changed(path: str, before: Any, after: Any) -> Difference:
    if isinstance(before, str) and isinstance(after, str) and ("\n" in before or "\n" in after):
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2)
        return Difference(path, "changed", lines=list(lines))
    return Difference(path, "changed", before, after)
