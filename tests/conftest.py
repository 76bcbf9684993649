"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of reference files that lies beside the project, or skip: it is not part of the product."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference files are not beside this checkout")
    return SHARED_DATA
