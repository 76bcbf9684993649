"""What TinyDB's users rely on, asked of TinyDB itself and of the encrypted store alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import add, decrement, delete, increment, subtract
from tinydb.operations import set as set_field
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from data.store import Key, Store

# TinyDB's annotations know less than its code does.
A_TEXT: Any = "an open word"
AT_LEAST: Any = lambda value, least: value >= least  # noqa: E731 - a lambda, as people write them in conditions

CASES: list[dict[str, Any]] = [
    {"state": "open", "amount": 1200, "customer": {"city": "Lyon", "phones": ["+331", "+332"]}},
    {"state": "promised", "amount": 800, "customer": {"city": "Nice", "phones": []}, "parts": [{"due": 1}, {"due": 2}]},
    {"state": "open", "amount": 50, "customer": {"city": "Lyon", "phones": ["+333"]}, "parts": [{"due": 2}]},
    {"state": "closed", "amount": 0, "note": None},
]


@pytest.fixture(params=["tinydb", "store", "indexed store"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TinyDB]:
    """TinyDB in memory, the store without indexes, and the store with an index on what the tests ask for."""
    if request.param == "tinydb":
        with TinyDB(storage=MemoryStorage) as plain:
            yield plain
        return
    fields = ["state", "amount", "customer.city", "note", "state, amount"]
    indexes = {"_default": fields, "cases": fields} if request.param == "indexed store" else {}
    with Store.open(tmp_path / "profile", Key.random(), indexes=indexes) as store:
        yield store.db


@pytest.fixture
def cases(db: TinyDB) -> TinyDB:
    db.insert_multiple(dict(case) for case in CASES)
    return db


def ids(documents: list[Any]) -> list[int]:
    return [document.doc_id for document in documents]


def test_inserted_documents_get_ids_from_one_upwards(db: TinyDB) -> None:
    assert db.insert({"a": 1}) == 1
    assert db.insert_multiple([{"a": 2}, {"a": 3}]) == [2, 3]
    assert db.insert(Document({"a": 9}, doc_id=9)) == 9
    assert db.insert({"a": 10}) == 10
    assert [(d.doc_id, d["a"]) for d in db.all()] == [(1, 1), (2, 2), (3, 3), (9, 9), (10, 10)]


def test_a_taken_id_is_refused_and_nothing_is_overwritten(cases: TinyDB) -> None:
    with pytest.raises(ValueError, match="already exists"):
        cases.insert(Document({"intruder": True}, doc_id=2))
    with pytest.raises(ValueError, match="already exists"):
        cases.insert_multiple([{"new": 1}, Document({"intruder": True}, doc_id=2)])
    assert cases.get(doc_id=2) == CASES[1]


def test_only_mappings_are_documents(db: TinyDB) -> None:
    with pytest.raises(ValueError, match="Mapping"):
        db.insert([1, 2])
    with pytest.raises(ValueError, match="Mapping"):
        db.insert_multiple([{"a": 1}, "text"])
    assert len(db) == 0


def test_an_id_is_not_given_twice_after_its_document_is_removed(db: TinyDB) -> None:
    db.insert_multiple([{}, {}, {}])
    db.remove(doc_ids=[3])
    assert db.insert({}) == 4


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (where("state") == "open", [1, 3]),
        (where("state") != "open", [2, 4]),
        (where("amount") > 50, [1, 2]),
        (where("amount") >= 50, [1, 2, 3]),
        (where("amount") < 50, [4]),
        (where("amount") <= 50, [3, 4]),
        ((where("amount") >= 50) & (where("amount") < 1000), [2, 3]),
        ((where("state") == "open") & (where("amount") > 100), [1]),
        ((where("state") == "open") & where("parts").exists(), [3]),
        ((where("state") == "closed") | (where("amount") > 1000), [1, 4]),
        (~(where("state") == "open"), [2, 4]),
        (where("customer")["city"] == "Lyon", [1, 3]),
        (Query().customer.city == "Nice", [2]),
        (where("customer")["city"].exists(), [1, 2, 3]),
        (where("note").exists(), [4]),
        (where("note") == None, [4]),  # noqa: E711 - TinyDB's way to ask for null
        (where("note") != None, []),  # noqa: E711
        (where("missing") == None, []),  # noqa: E711 - an absent field is not null
        (where("state").one_of(["open", "closed"]), [1, 3, 4]),
        (where("state").one_of([]), []),
        (where("state").one_of(A_TEXT), [1, 3]),
        (where("note").one_of([None, 1]), [4]),
        (where("amount") == 1200.0, [1]),
        (where("amount") == False, [4]),  # noqa: E712 - in Python 0 equals False
        (where("customer")["phones"].any(["+333", "+332"]), [1, 3]),
        (where("customer")["phones"].all(["+331"]), [1]),
        (where("parts").any(where("due") == 1), [2]),
        (where("parts").all(where("due") == 2), [3]),
        (where("state").matches("OP", flags=re.IGNORECASE), [1, 3]),
        (where("state").search("se"), [2, 4]),
        (where("amount").test(AT_LEAST, 800), [1, 2]),
        (where("state").map(str.upper) == "OPEN", [1, 3]),
        (Query().fragment({"state": "open", "amount": 50}), [3]),
        (where("customer").fragment({"city": "Lyon"}), [1, 3]),
        (Query().noop(), [1, 2, 3, 4]),
        (lambda document: len(document) == 4, [2, 3]),
    ],
)
def test_conditions(cases: TinyDB, condition: Any, expected: list[int]) -> None:
    assert ids(cases.search(condition)) == expected
    assert ids(cases.search(condition)) == expected, "the second answer may be a remembered one"
    assert cases.count(condition) == len(expected)
    assert cases.contains(condition) is bool(expected)
    first = cases.get(condition)
    assert (first.doc_id if first is not None else None) == (expected[0] if expected else None)
    assert cases.remove(condition) == expected
    assert len(cases) == len(CASES) - len(expected)


NUMBERS = [-(10**30), -(2**53) - 1, -0.5, 0, 0.1, 0.30000000000000004, 1, 2**53 - 1, 2**53, 2**53 + 1, 2**63, 10**30]


@pytest.mark.parametrize("limit", [*NUMBERS, 0.3, 1e30, float("inf"), float("nan"), True])
def test_numbers_compare_exactly(db: TinyDB, limit: float) -> None:
    db.insert_multiple({"amount": number} for number in NUMBERS)
    assert [d["amount"] for d in db.search(where("amount") == limit)] == [n for n in NUMBERS if n == limit]
    assert [d["amount"] for d in db.search(where("amount") < limit)] == [n for n in NUMBERS if n < limit]
    assert [d["amount"] for d in db.search(where("amount") >= limit)] == [n for n in NUMBERS if n >= limit]
    assert [d["amount"] for d in db.search(where("amount").one_of([limit, 1]))] == [
        n for n in NUMBERS if n in (limit, 1)
    ]


def test_documents_by_their_ids(cases: TinyDB) -> None:
    assert cases.get(doc_id=3) == CASES[2]
    assert cases.get(doc_id=99) is None
    assert ids(cases.get(doc_ids=[4, 1, 99])) == [1, 4]
    assert cases.contains(doc_id=1)
    assert not cases.contains(doc_id=99)
    for refused in (cases.get, cases.contains):
        with pytest.raises(RuntimeError):
            refused()


def test_update_merges_fields(cases: TinyDB) -> None:
    assert cases.update({"state": "queued"}, where("state") == "open") == [1, 3]
    assert cases.update({"seen": True}) == [1, 2, 3, 4]
    assert cases.update({"amount": 1}, doc_ids=[4, 99, 2]) == [4, 2]
    assert [d["amount"] for d in cases.all()] == [1200, 1, 50, 1]
    assert all(d["seen"] for d in cases)
    assert cases.count(where("state") == "queued") == 2


def test_update_operations(cases: TinyDB) -> None:
    cases.update(increment("amount"), doc_ids=[1])
    cases.update(decrement("amount"), doc_ids=[2])
    cases.update(add("amount", 5), doc_ids=[3])
    cases.update(subtract("amount", 5), doc_ids=[4])
    cases.update(set_field("state", "x"), doc_ids=[4])
    cases.update(delete("customer"), where("state") == "open")
    assert [d["amount"] for d in cases.all()] == [1201, 799, 55, -5]
    assert [d["state"] for d in cases.all()] == ["open", "promised", "open", "x"]
    assert ids(cases.search(where("customer").exists())) == [2]


def test_several_updates_in_one_go(cases: TinyDB) -> None:
    updated = cases.update_multiple(
        [({"amount": 7}, where("state") == "open"), (delete("note"), where("state") == "closed")]
    )
    assert sorted(updated) == [1, 3, 4]
    assert [d["amount"] for d in cases.all()] == [7, 800, 7, 0]
    assert not cases.contains(where("note").exists())


def test_upsert_updates_or_inserts(cases: TinyDB) -> None:
    assert cases.upsert({"state": "open", "amount": 9}, where("state") == "open") == [1, 3]
    assert cases.upsert({"state": "new"}, where("state") == "new") == [5]
    assert cases.upsert(Document({"amount": 11}, doc_id=2)) == [2]
    assert cases.upsert(Document({"amount": 12}, doc_id=8)) == [8]
    assert [d.get("amount") for d in cases.all()] == [9, 11, 9, 0, None, 12]
    with pytest.raises(ValueError, match="query"):
        cases.upsert({"no": "condition"})


def test_remove(cases: TinyDB) -> None:
    assert cases.remove(where("customer")["city"] == "Lyon") == [1, 3]
    assert cases.remove(doc_ids=[4, 99]) == [4]
    assert cases.remove(where("state") == "nowhere") == []
    assert ids(cases.all()) == [2]
    with pytest.raises(RuntimeError):
        cases.remove()


def test_truncate_empties_and_begins_again(cases: TinyDB) -> None:
    cases.truncate()
    assert len(cases) == 0
    assert cases.all() == []
    assert cases.insert({"a": 1}) == 1


def test_tables_are_apart_and_come_with_their_first_write(db: TinyDB) -> None:
    cases, outbox = db.table("cases"), db.table("outbox")
    assert db.tables() == set()
    cases.insert({"a": 1})
    assert db.tables() == {"cases"}
    assert len(outbox) == 0
    assert outbox.search(where("a") == 1) == []
    outbox.insert({"a": 2})
    assert db.tables() == {"cases", "outbox"}
    assert db.table("cases") is cases
    assert cases.all() == [{"a": 1}]
    db.drop_table("cases")
    db.drop_table("unknown")
    assert db.tables() == {"outbox"}
    assert db.table("cases").all() == []
    assert db.table("cases").insert({"b": 1}) == 1
    db.drop_tables()
    assert db.tables() == set()


def test_names_of_tables_differ_by_case_and_may_hold_anything(db: TinyDB) -> None:
    names = ["Cases", "cases", 'a "quoted" name', "'; DROP TABLE catalog; --", "案件", ""]
    for number, name in enumerate(names):
        db.table(name).insert({"n": number})
    assert [db.table(name).all() for name in names] == [[{"n": number}] for number in range(len(names))]
    assert db.tables() == set(names)


def test_an_empty_table_persists_on_request(db: TinyDB) -> None:
    db.table("empty", persist_empty=True)
    assert db.tables() == {"empty"}


def test_iteration_and_length(cases: TinyDB) -> None:
    assert len(cases) == 4
    assert [dict(d) for d in cases] == CASES
    assert ids(list(cases)) == [1, 2, 3, 4]
    assert len(cases.table("other")) == 0
    assert list(cases.table("other")) == []


def test_an_update_that_fails_changes_the_stored_documents_not_at_all(db: TinyDB, tmp_path: Path) -> None:
    table = TinyDB(tmp_path / "plain.json") if type(db) is TinyDB else db  # in memory TinyDB hands out its own dicts
    with table:
        table.insert_multiple([{"n": 1}, {"n": "text"}])
        with pytest.raises(TypeError):
            table.update(add("n", 1))
        assert table.all() == [{"n": 1}, {"n": "text"}]


def test_a_remembered_answer_is_forgotten_at_each_change(db: TinyDB) -> None:
    table = db.table("cases")
    condition = where("state") == "open"
    assert table.search(condition) == []
    table.insert({"state": "open"})
    assert ids(table.search(condition)) == [1]
    table.update({"state": "closed"})
    assert table.search(condition) == []
    table.upsert({"state": "open"}, where("state") == "closed")
    assert ids(table.search(condition)) == [1]
    table.remove(doc_ids=[1])
    assert table.search(condition) == []
    table.insert({"state": "open"})
    assert ids(table.search(condition)) == [2]
    table.truncate()
    assert table.search(condition) == []


# --- the same steps, the same answers ------------------------------------------------------------------------------

_states = st.sampled_from(["open", "promised", "closed", "öffen", "开放", "a\x00b", ""])
_amounts = st.integers(-3, 3) | st.sampled_from([2**53, -(2**60), 10**30, 0.1, 2.5])
_documents = st.fixed_dictionaries(
    {"state": _states}, optional={"amount": _amounts, "customer": st.fixed_dictionaries({}, optional={"city": _states})}
)
_simple = st.one_of(
    st.builds(lambda value: where("state") == value, _states | st.none()),
    st.builds(lambda value: where("state") < value, _states),
    st.builds(lambda value: where("state") >= value, _states),
    st.builds(lambda value: where("amount") == value, _amounts | st.booleans()),
    st.builds(lambda value: where("amount") > value, _amounts),
    st.builds(lambda value: where("amount") <= value, _amounts),
    st.builds(lambda values: where("state").one_of(values), st.lists(_states, max_size=3)),
    st.builds(lambda values: where("amount").one_of(values), st.lists(_amounts, max_size=3)),
    st.builds(lambda value: where("customer")["city"] == value, _states),
    st.builds(lambda value: where("customer")["city"] != value, _states),
)
_conditions = st.recursive(
    _simple,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=4,
)
_steps = st.one_of(
    st.tuples(st.just("insert"), _documents),
    st.tuples(st.just("insert_multiple"), st.lists(_documents, max_size=3)),
    st.tuples(st.just("update"), _documents, _conditions),
    st.tuples(st.just("upsert"), _documents, _conditions),
    st.tuples(st.just("remove"), _conditions),
    st.tuples(st.just("search"), _conditions),
    st.tuples(st.just("search"), _conditions),
    st.tuples(st.just("count"), _conditions),
    st.tuples(st.just("insert_multiple"), st.lists(_documents, min_size=2, max_size=4)),
    st.tuples(st.sampled_from(["search", "count", "truncate"]), _conditions).map(
        lambda step: step[:1] if step[0] == "truncate" else step
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_steps, min_size=4, max_size=14))
def test_the_same_steps_give_the_same_answers(store: Store, steps: list[tuple[Any, ...]]) -> None:
    store.db.drop_tables()
    ours = store.table("cases")
    reference = TinyDB(storage=MemoryStorage).table("cases")
    for name, *arguments in steps:
        assert getattr(ours, name)(*arguments) == getattr(reference, name)(*arguments)
        assert ours.all() == reference.all()
        assert ids(list(ours)) == ids(list(reference))
