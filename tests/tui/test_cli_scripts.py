"""``duecall scripts check``: what it says, what it exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.scripts import shipped_texts
from tui.main import main


def test_the_shipped_scripts_are_good(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scripts", "check", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert len(said["scripts"]) == 4
    assert all(each["digest"].startswith("sha256:") for each in said["scripts"])


def test_a_folder_is_checked_together_and_findings_name_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = shipped_texts()["business-first.toml"]
    (tmp_path / "a.toml").write_text(good, encoding="utf-8")
    (tmp_path / "b.toml").write_text(good.replace('goto = "recap"', 'goto = "nowhere"'), encoding="utf-8")
    assert main(["scripts", "check", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "b.toml:" in said.out
    assert "nowhere" in said.out
    assert "[duplicate]" in said.out
    assert "1 script cannot be used" in said.err
    assert main(["--lang", "zh", "scripts", "check", str(tmp_path / "b.toml"), "--json"]) == 1
    finding = json.loads(capsys.readouterr().out)["scripts"][0]["findings"][0]
    assert finding["code"] == "goto"
    assert "没有环节" in finding["text"]


def test_what_is_no_script_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scripts", "check", str(tmp_path / "none.toml")]) == 1
    assert main(["scripts", "check", str(tmp_path)]) == 1
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    assert main(["scripts", "check", str(tmp_path / "x.toml")]) == 1
    assert "Traceback" not in capsys.readouterr().err
