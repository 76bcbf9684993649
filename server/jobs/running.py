"""The jobs and when they fall due: promises are judged every hour, for it is midnight somewhere; the rest every night."""

from __future__ import annotations

import asyncio
import functools
import logging
import secrets
from collections.abc import Callable
from typing import Final

from anyio import to_thread

from server.database.engine import Database
from server.figures.snapshots import take_snapshots
from server.jobs.claims import claim, finish
from server.jobs.moving import age_out, begin_and_end_absences
from server.notices import sweep_notices
from server.promises.judging import judge_promises

Job = Callable[[Database], object]

_LOOK_S: Final = 60.0
_HOUR: Final = "%Y-%m-%dT%H"
_DAY: Final = "%Y-%m-%d"

JOBS: Final[tuple[tuple[str, str, Job], ...]] = (
    ("judge-promises", _HOUR, judge_promises),
    ("snapshots", _DAY, take_snapshots),
    ("absences", _DAY, begin_and_end_absences),
    ("age-out", _DAY, age_out),
    ("notices", _DAY, sweep_notices),
)
"""Name, the pattern of the instant that says how often, and the work; snapshots come before cases are moved."""

_log = logging.getLogger("duecall.server.jobs")


def run_due_jobs(database: Database, holder: str) -> list[str]:
    """Do what has fallen due and nobody else is at; answer the names of what was done."""
    done = []
    for name, pattern, work in JOBS:
        due = database.clock.now().strftime(pattern)
        if database.write(functools.partial(claim, job=name, due=due, holder=holder)):
            work(database)
            database.write(functools.partial(finish, job=name, due=due, holder=holder))
            _log.info("job done", extra={"job": name})
            done.append(name)
    return done


async def keep_running(database: Database) -> None:
    """Look once a minute for what has fallen due, until cancelled. A job that fails is tried again after a while."""
    holder = secrets.token_hex(8)
    while True:
        try:
            await to_thread.run_sync(run_due_jobs, database, holder)
        except Exception as problem:  # noqa: BLE001 - a defect in one job must not end the others for good
            _log.error("a job failed; it is tried again later", extra={"problem": type(problem).__name__})
        await asyncio.sleep(_LOOK_S)
