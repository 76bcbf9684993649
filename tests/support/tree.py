"""The checkout as the house-rule tests see it."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("tui", "screens", "data", "domain", "server")


@lru_cache(maxsize=1)
def tracked_files() -> tuple[Path, ...]:
    """List the files that are, or are about to be, committed; skip the test where there is no git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return tuple(file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file())


def sources(*folders: str) -> list[Path]:
    """List the Python files below some folders of the checkout."""
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
