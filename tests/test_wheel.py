"""What is shipped: every module and every file the program reads, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.tree import PACKAGES, ROOT

SHIPPED = {".py", ".tcss", ".toml", ".json", ".mo", ".mako", ".html", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("duecall-*.whl")
    return zipfile.ZipFile(built)


def wanted() -> set[str]:
    """Name every file of the packages that the program needs."""
    return {
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and (file.suffix in SHIPPED or file.name == "py.typed")
    }


def test_the_wheel_has_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    assert wanted() - set(wheel.namelist()) == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "tui/main.py",
        "screens/*.tcss",
        "domain/codes/codes.toml",
        "domain/scripts/texts/*.toml",
        "domain/gate/packs/*.toml",
        "domain/gate/pack.schema.json",
        "domain/receivables/*.toml",
        "domain/locale/zh/LC_MESSAGES/duecall.mo",
        "server/database/migrations/versions/0*.py",
        *(f"{package}/py.typed" for package in PACKAGES),
    ],
)
def test_the_kinds_of_files_that_get_lost_are_there(pattern: str, wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if Path(name).match(pattern)]


def test_nothing_else_is_in_it(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not [name for name in wheel.namelist() if name.endswith(".pyc") or "/tests/" in name]


def test_the_program_is_installed_with_its_licence(wheel: zipfile.ZipFile) -> None:
    (points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert "duecall = tui.main:main" in wheel.read(points).decode()
    assert [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
