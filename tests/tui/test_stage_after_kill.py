"""Kill -9 in the middle of a conversation: the call is at the same stage, with the same things read, offered and typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.clock import SystemClock
from tests.support.desks import OpenDesk

ROOT = Path(__file__).resolve().parents[2]

TALKING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team

desk = OpenDesk(Path(sys.argv[1]), HandClock())
desk.receive([story.case() for story in team()])
desk.desk.dial("c-callback")
desk.desk.confirm_identity()
desk.desk.confirm_disclosure()
for key in "133":
    desk.desk.answer("c-callback", key)
    call = desk.desk.call
    print(call.position.stage, flush=True)
desk.desk.keep_draft("c-callback", {"mode": "note", "note.text": "sister helps"})
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX; Windows ends processes through the same path")
def test_the_conversation_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TALKING, str(tmp_path / "store")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    said = [process.stdout.readline().decode().strip() for _ in range(4)]
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert said[-1] == "ready"
    desk = OpenDesk(tmp_path / "store", SystemClock())
    call = desk.desk.call
    assert call is not None
    assert call.position is not None
    assert call.position.stage == said[-2]
    assert call.position.identified
    assert call.position.read == ("cn-consumer-credit/recorded", "consumer-first/disclose")
    assert call.position.offers == ("all_today", "part_now")
    assert desk.desk.draft("c-callback")["note.text"] == "sister helps"
    desk.close()
