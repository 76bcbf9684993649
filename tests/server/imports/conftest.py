"""Workbooks made in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.support.workbooks import xls, xlsx


@pytest.fixture
def make_xls() -> Callable[[str, Sequence[Sequence[object]]], bytes]:
    return xls


@pytest.fixture
def make_xlsx() -> Callable[..., bytes]:
    return xlsx
