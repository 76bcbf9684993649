"""The demonstration's data: everything a queue can show, made through the real services."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import phonenumbers
import pytest
from sqlalchemy import func, select

from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.case.reading import good_phones
from domain.clock import FixedClock
from domain.i18n import Language
from domain.policy import default_policy
from domain.queue import Queue, build_queue
from server import typed
from server.database.engine import Database
from server.database.schema import CASE, FACT, HOLD, QUARANTINE, USER
from server.seed import DEMO_PASSWORD, demo_logins, seed_demo
from server.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

STARTS: dict[Language, datetime] = {
    "zh": datetime(2026, 11, 24, 2, 5, tzinfo=UTC),
    "en": datetime(2026, 11, 24, 15, 5, tzinfo=UTC),
}


def opened(folder: Path, language: Language, cases: int) -> Database:
    url = f"sqlite:///{folder / 'demo.db'}"
    login, password = seed_demo(url, language, cases, STARTS[language])
    assert login == demo_logins(language)["agent"]
    assert password == DEMO_PASSWORD
    return Database(Settings(database=url), FixedClock(STARTS[language]))


def queue_of(database: Database, login: str, now: datetime) -> tuple[list[Case], Queue]:
    query = select(CASE.c.doc).join(USER, USER.c.id == CASE.c.owner_id).where(USER.c.login == login)
    with database.reading() as transaction:
        cases = [typed.decode(doc, Case) for doc in transaction.connection.execute(query).scalars()]
    policy = default_policy()
    queue = build_queue(
        cases, now, policy, lambda case, at: may_call_case(case, at, policy, phone=next(iter(good_phones(case)), None))
    )
    return cases, queue


@pytest.mark.slow
@pytest.mark.parametrize("language", get_args(Language))
def test_agents_queue_shows_every_place_and_every_reason_not_to_call(tmp_path: Path, language: Language) -> None:
    database = opened(tmp_path, language, 60)
    cases, queue = queue_of(database, demo_logins(language)["agent"], STARTS[language])
    placed = Counter(row.bucket.code for row in (*queue.today, *queue.not_now) if row.bucket is not None)
    assert set(placed) >= {
        "callback_due",
        "broken_promise",
        "callback_today",
        "new",
        "partly_kept",
        "reminder",
        "rest",
        "no_number",
    }
    refused = {row.verdict.code for row in queue.not_now if row.verdict is not None}
    assert refused >= ({"window", "cap"} if language == "zh" else {"window", "cap", "cooldown"})
    whys = {row.why for row in queue.not_now if row.bucket is None}
    assert len(whys) >= 5, "disputes, stops, promises still open …"
    assert len(queue.today) >= 12
    for case in cases:
        for phone in case.phones:
            assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164))
            assert phone.e164.startswith(("+8617405", "+44207946")) or phone.e164[5:10] == "55501"
    with database.reading() as transaction:
        assert set(transaction.connection.execute(select(FACT.c.flags)).scalars()) == {""}
        assert transaction.connection.execute(select(QUARANTINE)).first() is None
        assert transaction.connection.execute(select(HOLD)).first() is None
        pool = select(func.count()).select_from(CASE).where(CASE.c.owner_id.is_(None))
        assert transaction.connection.execute(pool).scalar_one() > 0
    database.close()


@pytest.mark.parametrize("cases", [1, 2, 9])
def test_small_demonstrations(tmp_path: Path, cases: int) -> None:
    database = opened(tmp_path, "en", cases)
    with database.reading() as transaction:
        assert transaction.connection.execute(select(func.count()).select_from(CASE)).scalar_one() == cases
    database.close()
