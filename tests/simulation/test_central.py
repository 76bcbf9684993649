"""The simulation's server: its database is exchanged under its one connection many thousand times."""

from __future__ import annotations

import subprocess
import sys

from tests.support.tree import ROOT

PROGRAM = """
import sqlite3
from tests.simulation.central import _Driven
source = sqlite3.connect(":memory:")
source.executescript("".join(f"create table t{number} (a primary key, b);" for number in range(30)))
content = source.serialize()
driven = _Driven(":memory:", isolation_level=None, cached_statements=512, step=lambda: None)
others = []
for number in range(300):
    driven.load(content)
    driven.cursor().execute("insert into t1 values (1, 2), (3, 4)")
    listed = f"select {number}, value from json_each(?) where value in (select b from t1)"
    assert driven.cursor().execute(listed, ("[2, 5]",)).fetchall() == [(number, 2)]
    left = driven.cursor()
    assert left.execute("select a from t1").fetchone() == (1,)
    if number % 3:  # what was freed is used again, by somebody else
        others.append(sqlite3.connect(":memory:"))
        others[-1].execute("create table q (a)")
    else:
        others.clear()
print("whole")
"""


def test_exchanging_the_database_crashes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, encoding="utf-8", timeout=120, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr
