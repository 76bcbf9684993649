"""Waiting for somebody else on PostgreSQL, by what it says itself."""

from __future__ import annotations

from sqlalchemy import Connection


def wait_for_a_waiter(connection: Connection) -> None:
    """Wait until somebody waits for a row this transaction has locked."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    while connection.exec_driver_sql(query).scalar() == 0:
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot(), pg_sleep(0.01)")
