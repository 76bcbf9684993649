"""What a distributed PostgreSQL refuses, checked on every statement the server sends: by its syntax tree, not by its text.

The rules are Citus's: https://docs.citusdata.com/en/stable/develop/reference_workarounds.html and the pages around it.
Nothing here has run on Citus; it says that nothing was sent which Citus is known to refuse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Column,
    Connection,
    Delete,
    ForeignKeyConstraint,
    Insert,
    Join,
    PrimaryKeyConstraint,
    Select,
    Sequence,
    Table,
    UniqueConstraint,
    Update,
)
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.functions import FunctionElement

from server.database.distribution import DISTRIBUTION, EVERYWHERE

_FORBIDDEN_WORDS: Final = re.compile(
    r"\b(nextval|currval|lastval|setval|\w*serial|sequence|generated|pg_(try_)?advisory\w*|listen|notify|pg_notify|"
    r"trigger|prepare|deallocate|declare|discard|lock table|savepoint)\b",
    re.IGNORECASE,
)
_SESSION_SETTING: Final = re.compile(r"^\s*set\s+(?!local\b)", re.IGNORECASE)


class Refused(AssertionError):  # noqa: N818 - a statement is refused, nothing malfunctions
    """A distributed PostgreSQL would refuse this."""


class Recorder:
    """Looks at statements as they are sent, and keeps how many it has seen of each."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def __call__(
        self, connection: Connection, _cursor: Any, text: str, _parameters: Any, context: Any, executemany: bool
    ) -> None:
        """Check one statement; the signature is that of SQLAlchemy's event ``before_cursor_execute``."""
        if connection.get_execution_options().get("forged"):
            return  # a test that does on purpose what the server never would
        self.seen[text] += 1
        if self.seen[text] > 1:
            return  # values make no difference
        compiled = getattr(context, "compiled", None)
        check(None if compiled is None else compiled.statement, text)


def check(statement: ClauseElement | None, text: str) -> None:
    """Raise :class:`Refused` when a statement breaks a rule."""
    if "pg_catalog." in text:
        return  # a test that looks at the tables themselves
    if found := _FORBIDDEN_WORDS.search(text):
        raise Refused(f"{found[0]}: {text}")
    if _SESSION_SETTING.search(text):
        raise Refused(f"a setting that outlives its transaction: {text}")
    if statement is None or isinstance(statement, ExecutableDDLElement):
        return
    for element in visitors.iterate(statement):
        if isinstance(element, FunctionElement) and _FORBIDDEN_WORDS.search(element.name or ""):
            raise Refused(f"function {element.name}: {text}")
        if isinstance(element, Select):
            _check_select(element, text)
    if isinstance(statement, Insert):
        _check_insert(statement, text)
    if isinstance(statement, Update):
        _check_changed(_table_of(statement), _names_set(statement), text)
    if isinstance(statement, Insert | Update | Delete):
        table = _table_of(statement)
        if table not in DISTRIBUTION and table not in EVERYWHERE and table.name != "alembic_version":
            raise Refused(f"server/database/distribution.py does not say where the rows of {table.name} lie: {text}")


def _check_select(select: Select[Any], text: str) -> None:
    spread = [table for table in _tables(select) if table in DISTRIBUTION]
    if select._for_update_arg is not None:
        for table in spread:
            if not _is_pinned(select, DISTRIBUTION[table]):
                raise Refused(f"locks rows of {table.name} on several nodes: {text}")
    for one, other in combinations(spread, 2):
        if not any(_joins(each, DISTRIBUTION[one], DISTRIBUTION[other]) for each in _comparisons(select)):
            raise Refused(f"joins {one.name} and {other.name} over nodes: {text}")


def _check_insert(insert: Any, text: str) -> None:
    table = _table_of(insert)
    column = DISTRIBUTION.get(table)
    clause = insert._post_values_clause
    if column is None or clause is None:
        return
    if column.name not in [getattr(each, "name", each) for each in clause.inferred_target_elements or ()]:
        raise Refused(f"a conflict that is not decided on one node: {text}")
    changed = getattr(clause, "update_values_to_set", ())
    _check_changed(table, {getattr(name, "name", name) for name, *_ in changed}, text)


def _check_changed(table: Table, names: set[str], text: str) -> None:
    column = DISTRIBUTION.get(table)
    if column is not None and column.name in names:
        raise Refused(f"moves a row to another node: {text}")


def _names_set(statement: Any) -> set[str]:
    return {getattr(name, "name", name) for name in statement._values or {}}


def _table_of(statement: Any) -> Table:
    table = statement.table
    assert isinstance(table, Table)
    return table


def _tables(select: Select[Any]) -> list[Table]:
    found: dict[Table, None] = {}
    for source in select.get_final_froms():
        for element in visitors.iterate(source):
            if isinstance(element, Table):
                found[element] = None
    return list(found)


def _comparisons(select: Select[Any]) -> Iterator[BinaryExpression[Any]]:
    """Give what must be equal: conditions joined by AND, in WHERE and ON."""
    joins = (each for source in select.get_final_froms() for each in visitors.iterate(source) if isinstance(each, Join))
    parts: list[Any] = [select.whereclause, *(join.onclause for join in joins)]
    while parts:
        part = parts.pop()
        if isinstance(part, BinaryExpression):
            if part.operator is operators.eq:
                yield part
        elif part is not None and getattr(part, "operator", None) is operators.and_:
            parts.extend(part.clauses)
        elif hasattr(part, "element"):
            parts.append(part.element)


def _is_pinned(select: Select[Any], column: Column[Any]) -> bool:
    return any(each.left is column and isinstance(each.right, BindParameter) for each in _comparisons(select))


def _joins(comparison: BinaryExpression[Any], one: Column[Any], other: Column[Any]) -> bool:
    sides = (comparison.left, comparison.right)
    return any(a.shares_lineage(one) and b.shares_lineage(other) for a, b in (sides, sides[::-1]))


def check_table(table: Table) -> None:
    """Raise :class:`Refused` when a table cannot be distributed as declared."""
    if (table in DISTRIBUTION) == (table in EVERYWHERE):
        raise Refused(f"say in server/database/distribution.py where the rows of {table.name} lie")
    column = DISTRIBUTION.get(table)
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            raise Refused(f"{table.name} has a foreign key")
        if not isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint) or column is None:
            continue
        if column.name not in constraint.columns:
            raise Refused(f"{table.name} has a key that is not unique on one node")
    for index in table.indexes:
        if index.unique and column is not None and column.name not in index.columns:
            raise Refused(f"{table.name} has an index that is not unique on one node")
    for each in table.columns:
        if (
            each.identity is not None
            or isinstance(each.default, Sequence)
            or (each.primary_key and each.autoincrement is True)
        ):
            raise Refused(f"{table.name}.{each.name} is counted by a sequence")
    keys = list(table.primary_key)
    if len(keys) == 1 and keys[0].type.python_type is int:
        raise Refused(f"{table.name}.{keys[0].name} would be counted by a sequence")
