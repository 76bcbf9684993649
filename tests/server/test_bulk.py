"""Many rows at once, what a process remembers between transactions, and documents spelt from parts spelt before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Float, select

from domain.canonical import canonical_bytes
from domain.case.fold import folding
from domain.facts import payloads as p
from server.cases.spelling import Spellings, spelt
from server.database.arrays import among, array_of
from server.database.engine import Transaction
from server.database.memory import Memory
from server.database.schema import FACT
from server.database.upsert import insert_missing, insert_rows, upsert
from tests.support.people import HOSTILE, NOW, Story, team
from tests.support.server_world import World

_WORDS = (*HOSTILE, "", "{", "NULL", "a,b", '"', "\\", "\x7f", "\U0001f600")


def _row(number: int, **changed: Any) -> dict[str, Any]:
    word = _WORDS[number % len(_WORDS)]
    row = {
        "case_id": f"case {word}",
        "id": f"{number:04}",
        "type": word,
        "at_ms": -(2**63) + number,
        "received_ms": 2**63 - 1 - number,
        "author": word,
        "author_name": None if number % 3 else word,
        "device_id": None,
        "seq": None if number % 2 else number,
        "flags": word * 40,
        "ver": number,
        "feed_agent": word,
        "feed_seq": 0,
        "body": bytes(range(number % 256)),
        "resolved": None if number % 5 else b"\x00{}",
    }
    return row | changed


async def test_rows_come_back_as_they_were_written(world: World) -> None:
    rows = [_row(number) for number in range(600)]
    changed = [row | {"flags": f"new {number}", "resolved": None} for number, row in enumerate(rows[:300])]

    def work(transaction: Transaction) -> list[Any]:
        connection = transaction.connection
        insert_rows(connection, FACT, [])
        insert_rows(connection, FACT, rows)
        insert_missing(connection, FACT, [row | {"flags": "too late"} for row in rows[:5]])
        upsert(connection, FACT, changed)
        return [dict(row) for row in connection.execute(select(FACT).order_by(FACT.c.id)).mappings()]

    assert world.write(work) == [*changed, *rows[300:]]


async def test_what_is_looked_up_among_many_is_found_and_nothing_else(world: World) -> None:
    rows = [_row(number) for number in range(50)]

    def work(transaction: Transaction) -> None:
        insert_rows(transaction.connection, FACT, rows)

        def found(column: Any, values: list[Any]) -> list[str]:
            query = select(FACT.c.id).where(among(column, "values")).order_by(FACT.c.id)
            return list(transaction.connection.execute(query, {"values": values}).scalars())

        assert found(FACT.c.id, ["0003", "0007", "nobody"]) == ["0003", "0007"]
        assert found(FACT.c.ver, [11, 12, 99]) == ["0011", "0012"]
        assert found(FACT.c.id, []) == []

    world.write(work)


def test_a_kind_of_column_our_tables_do_not_have_is_refused() -> None:
    with pytest.raises(TypeError):
        array_of(Column("share", Float))


def test_memory_believes_only_the_row_and_hands_out_once() -> None:
    memory = Memory(10)
    memory.keep([("a", (1, 5), "first", 3), ("b", (1, 5), "other", 3)])
    assert memory.take({"a": (1, 5)}) == {"a": "first"}
    assert memory.take({"a": (1, 5)}) == {}, "whoever took it may be changing it"
    assert memory.take({"b": (1, 6)}) == {}, "the same version of another history"
    assert memory.take({"b": (1, 5)}) == {}


def test_memory_lets_go_of_what_was_not_used_for_longest() -> None:
    memory = Memory(10)
    memory.keep([("a", (1, 1), "a", 4), ("b", (1, 1), "b", 4)])
    memory.keep([("a", (2, 2), "a again", 4)])
    memory.keep([("c", (1, 1), "c", 4)])
    assert memory.take(dict.fromkeys("bc", (1, 1)) | {"a": (2, 2)}) == {"a": "a again", "c": "c"}
    memory.keep([("big", (1, 1), "big", 11)])
    assert memory.take({"big": (1, 1)}) == {}
    memory.keep([("a", (1, 1), "a", 4)])
    memory.forget()
    assert memory.take({"a": (1, 1)}) == {}


@pytest.mark.parametrize("story", team(), ids=lambda story: story.case_id)
def test_a_document_spelt_from_known_parts_has_the_canonical_bytes(story: Story) -> None:
    known = folding(story.case_id, story.facts)
    doc, spellings = spelt(known.case, {})
    assert doc == canonical_bytes(known.case)
    for number, word in enumerate(_WORDS):
        story.add(p.NoteAdded(word), NOW + timedelta(minutes=number))
        story.add(p.PaymentReceived(f"pay{number}", 2**80, "JPY", date(2026, 11, 24)), NOW + timedelta(minutes=number))
    later = known.with_later(story.facts[-2 * len(_WORDS) :])
    assert later is not None
    doc, again = spelt(later.case, spellings)
    assert doc == canonical_bytes(later.case)
    assert _shared(spellings, again), "what stayed was not spelt again"
    assert spelt(replace(later.case, customer=replace(later.case.customer, name=_WORDS[3])), again)[0] != doc


def _shared(before: Spellings, after: Spellings) -> bool:
    return any(after.get(key, (None,))[1:] == kept[1:] for key, kept in before.items())
