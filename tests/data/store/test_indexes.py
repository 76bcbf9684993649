"""Simple conditions use an index, and what is on the disk decides how much a write costs, not how much is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
from tinydb import where

from data.store import Key, SqliteTable, Store
from data.store.pushdown import field_path, narrowing
from data.store.rows import Rows

A_TEXT: Any = "a text is searched for parts, which TinyDB's annotation does not know"
PATHS = frozenset({("state",), ("due",), ("customer", "city")})


def plan(store: Store, table: SqliteTable, condition: Any) -> list[str]:
    """Ask SQLite how it would find the documents for ``condition``."""
    rows = Rows(store._database, store._database.number_of(table.name) or 0)
    sql, bindings = rows.selection(narrowing(condition, table._paths))
    return [row[3] for row in store._database.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (where("state") == "open", "documents_1: state"),
        (where("state") == None, "documents_1: state"),  # noqa: E711 - TinyDB's way to ask for null
        (where("customer")["city"] == "Lyon", "documents_1: customer.city"),
        (where("amount") > 100, "documents_1: amount"),
        ((where("amount") > 100) & (where("amount") <= 200), "documents_1: amount"),
        (where("state").one_of(["open", "closed"]), "documents_1: state"),
        ((where("state") == "open") & (where("due") < "2026-12-01"), "documents_1: state, due"),
        ((where("customer")["city"] == "Lyon") & where("note").search("x"), "documents_1: customer.city"),
    ],
)
def test_simple_conditions_search_an_index(store: Store, condition: Any, index: str) -> None:
    table = store.table("cases")
    table.insert({"state": "open"})
    steps = plan(store, table, condition)
    assert steps[0].startswith("SEARCH documents_1 USING INDEX")
    assert index in steps[0]


@pytest.mark.parametrize(
    "condition",
    [
        where("note") == "no index declared",
        where("state") != "open",
        (where("state") == "open") | (where("note") == 1),
        ~(where("state") == "open"),
        where("state").one_of(A_TEXT),
        where("state").one_of([None, "open"]),
        where("state").map(str.lower) == "open",
        where("state") == ["a", "list"],
        where("amount") == 2**53,
        where("amount") > float("inf"),
        where("state") == "\ud800",
        where("state").exists(),
        where("state").fragment({"a": 1}),
        lambda document: True,
    ],
)
def test_what_sql_might_judge_differently_stays_with_python(store: Store, condition: Any) -> None:
    table = store.table("cases")
    table.insert({"state": "open"})
    assert plan(store, table, condition) == ["SCAN documents_1"]


def test_a_part_that_cannot_be_handed_over_does_not_keep_the_rest(store: Store) -> None:
    narrowed = narrowing((where("state") == "open") & where("note").matches("x") & (where("due") < 5), PATHS)
    assert narrowed.sql.count("?") == 2
    assert sorted(narrowed.bindings, key=str) == [5, "open"]


def test_a_search_with_an_index_reads_only_what_it_finds(store: Store) -> None:
    table = store.table("cases")
    table.insert_multiple({"state": "open" if n % 100 == 0 else "closed", "n": n} for n in range(2000))
    asked: list[int] = []

    def counted(value: Any) -> bool:
        asked.append(value)
        return True

    found = table.search((where("state") == "open") & where("n").test(counted))
    assert len(found) == len(asked) == 20


def test_the_first_match_is_enough(store: Store) -> None:
    table = store.table("drafts")
    table.insert_multiple({"n": n} for n in range(1000))
    asked: list[int] = []

    def is_three(value: Any) -> bool:
        asked.append(value)
        return bool(value == 3)

    assert table.get(where("n").test(is_three)).doc_id == 4
    assert asked == [0, 1, 2, 3]


def test_indexes_follow_their_declaration(folder: Path, key: Key) -> None:
    def indexes(store: Store) -> list[str]:
        sql = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
        return [name for (name,) in store._database.execute(sql)]

    with Store.open(folder, key, indexes={"cases": ["state"], "outbox": ["seq"]}) as store:
        assert indexes(store) == []
        store.table("cases").insert({"state": "open"})
        assert indexes(store) == ["documents_1: state"]
    with Store.open(folder, key, indexes={"cases": ["due", "state, due"]}) as store:
        assert indexes(store) == ["documents_1: due", "documents_1: state, due"]
        assert len(store.table("cases").search(where("state") == "open")) == 1
        store.db.drop_table("cases")
        assert indexes(store) == []


@pytest.mark.parametrize("dotted", ["", "a.", "a..b", 'a"b', "a b", "a'); DROP TABLE catalog; --", "$"])
def test_only_plain_names_can_be_indexed(dotted: str) -> None:
    with pytest.raises(ValueError, match="can be indexed"):
        field_path(dotted)


def test_documents_with_other_types_in_an_indexed_field_are_skipped(store: Store) -> None:
    store.table("cases").insert_multiple([{"amount": 5}, {"amount": None}, {"amount": "text"}, {}])
    assert [d.doc_id for d in store.table("cases").search(where("amount") < 10)] == [1]


def capture(store: Store, number: int) -> None:
    with store.transaction():
        store.table("outbox").insert({"promise": number, "parts": [{"due": "2026-11-27"}]}, key=f"fact-{number}")
        store.table("cases").update({"promised": number}, where("state") == f"s{number}")


def cost_of_captures(store: Store, first: int) -> tuple[int, int]:
    """Count the pages written and the statements run by ten captures."""
    connection = store._database._connection
    statements: list[str] = []
    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, lambda event: statements.append(event["sql"]))
    before = connection.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)[0]
    for number in range(first, first + 10):
        capture(store, number)
    connection.trace_v2(0, None)
    return connection.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)[0] - before, len(statements)


def test_a_write_costs_the_same_beside_many_others(store: Store) -> None:
    table = store.table("cases")
    table.insert_multiple({"state": f"s{n}", "pad": "x" * 300} for n in range(100))
    cost_of_captures(store, 0)
    pages_few, statements_few = cost_of_captures(store, 20)
    table.insert_multiple({"state": f"s{n}", "pad": "x" * 300} for n in range(100, 6000))
    cost_of_captures(store, 40)
    pages_many, statements_many = cost_of_captures(store, 60)
    assert statements_many == statements_few
    assert pages_many <= pages_few + 10, "a deeper tree may cost a page a capture, the number of rows nothing"
    assert pages_many < 100
