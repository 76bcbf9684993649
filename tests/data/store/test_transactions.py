"""Several tables, one durable change; and who may join it."""

# ruff: noqa: PT012 - the whole block is what must be taken back

from __future__ import annotations

import asyncio
import threading

import pytest
from tinydb import where

from data.store import Store


class InterruptionError(Exception):
    """Something goes wrong in the middle."""


def test_tables_change_together_or_not_at_all(store: Store) -> None:
    cases, outbox, cursor = store.table("cases"), store.table("outbox"), store.table("cursor")
    with store.transaction():
        cases.put("case:1", {"ver": 1})
        outbox.insert({"fact": 1}, key="f1")
        cursor.put("feed", {"seq": 10})
    with pytest.raises(InterruptionError), store.transaction():
        cases.put("case:1", {"ver": 2})
        outbox.insert({"fact": 2}, key="f2")
        cursor.put("feed", {"seq": 11})
        store.table("never").insert({})
        assert cursor.get_key("feed") == {"seq": 11}
        raise InterruptionError
    assert cases.all() == [{"ver": 1}]
    assert outbox.all() == [{"fact": 1}]
    assert cursor.get_key("feed") == {"seq": 10}
    assert store.db.tables() == {"cases", "outbox", "cursor"}
    store.table("never").insert({"now": "it is"})
    assert len(store.table("never")) == 1


def test_a_transaction_inside_another_is_part_of_it(store: Store) -> None:
    table = store.table("cases")
    with pytest.raises(InterruptionError), store.transaction():
        with store.transaction():
            table.insert({"inner": True})
        raise InterruptionError
    assert table.all() == []


def test_an_inner_failure_can_be_survived_without_a_trace(store: Store) -> None:
    table = store.table("cases")
    with store.transaction():
        table.insert({"n": 1})
        with pytest.raises(InterruptionError), store.transaction():
            table.insert({"n": 2})
            raise InterruptionError
        with pytest.raises(ValueError, match="already exists"):
            table.insert_multiple([{"n": 3}, table.get(doc_id=1)])
        table.insert({"n": 4})
    assert [d["n"] for d in table] == [1, 4]


def test_remembered_answers_do_not_outlive_what_was_taken_back(store: Store) -> None:
    table = store.table("cases")
    condition = where("state") == "open"
    with pytest.raises(InterruptionError), store.transaction():
        table.insert({"state": "open"})
        assert len(table.search(condition)) == 1
        raise InterruptionError
    assert table.search(condition) == []


def test_a_dropped_table_comes_back_when_its_drop_is_taken_back(store: Store) -> None:
    store.table("cases").insert({"a": 1})
    with pytest.raises(InterruptionError), store.transaction():
        store.db.drop_tables()
        store.table("cases").insert({"b": 1})
        raise InterruptionError
    assert store.table("cases").all() == [{"a": 1}]


def test_threads_wait_for_each_other(store: Store) -> None:
    table = store.table("cases")
    wrong: list[object] = []

    def transfer(name: str) -> None:
        for _ in range(40):
            with store.transaction():
                before = len(table)
                table.insert({"from": name})
                table.insert({"from": name})
                if len(table) != before + 2:
                    wrong.append((name, before, len(table)))

    threads = [threading.Thread(target=transfer, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(table) == 3 * 80
    assert [d.doc_id for d in table] == list(range(1, 241))


async def test_another_task_cannot_slip_into_an_open_transaction(store: Store) -> None:
    """On one event loop both tasks are the same thread, so the lock alone would let the second one in."""
    table = store.table("cases")
    opened, go_on = asyncio.Event(), asyncio.Event()

    async def careless() -> None:
        with store.transaction():
            table.insert({"by": "careless"})
            opened.set()
            await go_on.wait()

    task = asyncio.create_task(careless())
    await opened.wait()
    with pytest.raises(RuntimeError, match="must not span an await"):
        table.insert({"by": "other"})
    with pytest.raises(RuntimeError, match="must not span an await"):
        table.all()
    go_on.set()
    await task
    assert table.all() == [{"by": "careless"}]


async def test_a_cancelled_task_leaves_nothing_half_done(store: Store) -> None:
    table = store.table("cases")

    async def capture() -> None:
        with store.transaction():
            table.insert({"n": 1})
            await asyncio.Event().wait()

    task = asyncio.create_task(capture())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    table.insert({"n": 2})
    assert [d["n"] for d in table] == [2]
