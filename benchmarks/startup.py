"""From spawn to a painted queue of 500 cases, beside a Textual skeleton and posting, in one run.

``python -m benchmarks.startup [--rounds N] [--posting PYTHON]`` where PYTHON is an interpreter that has posting installed.
Each program runs in a pseudo-terminal of 120×40; the clock stops when its marker is painted. Byte code is written first,
as an installer does: a module without it costs its compilation at every start. POSIX only.
"""

from __future__ import annotations

import argparse
import compileall
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

TARGETS = {"posting": 0.6, "skeleton": 1.6}
MEMORY_MB = 80
PACKAGES = ("tui", "screens", "data", "domain", "benchmarks")


def start_to_marker(command: list[str], marker: re.Pattern[bytes], cwd: Path) -> tuple[float, float, float]:
    """Give seconds until the marker is painted, processor seconds spent by then, and the peak resident memory in MB."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environment, start_new_session=True, cwd=cwd
    )
    os.close(follower)
    seen = b""
    try:
        while not marker.search(seen):
            ready, _, _ = select.select([leader], [], [], 30)
            if not ready:
                raise TimeoutError(f"{command[:4]} painted nothing of {marker.pattern!r}")
            seen += os.read(leader, 65536)
        took = time.perf_counter() - began
        status = Path(f"/proc/{process.pid}/status")
        memory = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
        return took, processor_seconds(process.pid), int(memory.group(1)) / 1024 if memory else float("nan")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(leader)


def processor_seconds(pid: int) -> float:
    """Give the processor time a process has used: steadier than the clock on a shared machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--posting", metavar="PYTHON", help="an interpreter with posting installed")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[1]
    for package in PACKAGES:
        compileall.compile_dir(root / package, quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.sample", str(folder / "store"), str(options.cases)], check=True, cwd=root
        )
        programs: dict[str, tuple[list[str], re.Pattern[bytes]]] = {
            "duecall": (
                [sys.executable, "-m", "benchmarks.startup_ours", str(folder / "store")],
                re.compile(rb"Customer \d+"),
            ),
            "skeleton": ([sys.executable, "-m", "benchmarks.startup_skeleton"], re.compile(rb"row 3")),
        }
        if options.posting:
            (folder / "collection").mkdir()
            command = [str(Path(options.posting).with_name("posting")), "--collection", str(folder / "collection")]
            programs["posting"] = (command, re.compile(rb"Enter a URL"))
        times: dict[str, list[float]] = {each: [] for each in programs}
        spent: dict[str, list[float]] = {each: [] for each in programs}
        memory: dict[str, list[float]] = {each: [] for each in programs}
        for _ in range(options.rounds):
            for each, (command, marker) in programs.items():
                took, busy, used = start_to_marker(command, marker, folder if each == "posting" else root)
                times[each].append(took)
                spent[each].append(busy)
                memory[each].append(used)
    ours = statistics.median(times["duecall"])
    print(f"{options.rounds} rounds, {options.cases} cases, medians")
    for each in programs:
        median = statistics.median(times[each])
        ratio = "" if each == "duecall" else f"  duecall is {ours / median:.2f} × of it (target ≤ {TARGETS[each]})"
        busy = statistics.median(spent[each])
        print(
            f"{each:9} {median * 1000:6.0f} ms  {busy * 1000:5.0f} ms processor  {statistics.median(memory[each]):5.0f} MB{ratio}"
        )
    print(f"memory target for duecall: ≤ {MEMORY_MB} MB")


if __name__ == "__main__":
    main()
