"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is. The build server tries the same examples each time, so that
# what it refuses is what was changed; whoever works here tries others at every run.
settings.register_profile("duecall", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("duecall")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of reference files that lies beside the project, or skip: it is not part of the product."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference files are not beside this checkout")
    return SHARED_DATA
