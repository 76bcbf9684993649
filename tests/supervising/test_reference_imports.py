"""Every reference file through the desk's own way in: looked at, answered, brought in, found on cases, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from domain.supervision import CaseFilter, ImportKind
from screens.ports import Refused
from screens.supervisor.importing import FileLook, ImportStep
from server.seed import DEMO_PASSWORD
from tests.support.supervised import SupervisedServer, supervised
from tui.supervising.desk import ServerDesk
from tui.supervising.opening import OpenSupervisor, open_supervisor

pytestmark = pytest.mark.shared

LEDGERS = (
    "cn_aging_two_row_header_gb18030.csv",
    "de_offene_posten_cp1252.csv",
    "erpnext_accounts_receivable.csv",
    "odoo_oca_aged_partner_balance_en.xlsx",
    "qb_title_block_ar_aging_verbatim.csv",
    "qbo_ar_aging_detail_us.csv",
    "sap_list_euro_verbatim.txt",
    "sap_list_us_tab_verbatim.txt",
    "xero_aged_receivables_summary.csv",
    "xero_style_invoices.csv",
    "small_business_invoices.csv",
    "ibm_accounts_receivable.csv",
)
ANSWERS = {"currency": "USD", "as_of": "2026-03-31", "date_order": "MDY", "decimal": "."}
"""What a supervisor says where a file leaves something open; several of these files name no currency."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, weeks: Path) -> Iterator[SupervisedServer]:
    """Give one server for all: every file is taken back."""
    with supervised(tmp_path_factory.mktemp("files"), weeks) as running:
        yield running


@pytest_asyncio.fixture
async def desk(server: SupervisedServer) -> AsyncIterator[ServerDesk]:
    opened = await open_supervisor(server.folder / "home", server.address, server.logins["supervisor"], DEMO_PASSWORD)
    assert isinstance(opened, OpenSupervisor)
    yield opened.desk
    await opened.close()


async def look(desk: ServerDesk, file: Path, kind: ImportKind, answers: dict[str, str]) -> FileLook:
    """Look at a file as the screen does: every blocking question is asked once and answered."""
    steps: list[ImportStep] = []
    for _ in range(4):
        seen = await desk.try_import(file, kind, None, answers, steps.append)
        assert isinstance(seen, FileLook), seen
        if not seen.blocking:
            return seen
        for question in seen.blocking:
            assert question.code not in answers, "asked twice"
            answers[question.code] = ANSWERS[question.code]
    raise AssertionError("it never stops asking")


@pytest.mark.parametrize("name", LEDGERS)
async def test_a_ledger_comes_in_whole_and_goes_out_whole(desk: ServerDesk, shared: Path, name: str) -> None:
    file = shared / "receivables" / name
    answers: dict[str, str] = {"assign": "none"}
    seen = await look(desk, file, "receivables", answers)
    assert sum(seen.counts.values()) == len(seen.rows), "every row is in one class"
    assert [row.row for row in seen.rows] == list(range(1, len(seen.rows) + 1))
    change = desk.new_id()
    done = await desk.bring_in(change, file, "receivables", None, answers, None, lambda step: None)
    assert isinstance(done, FileLook), done
    assert done.applied == seen.applied, "the dry run said what would happen"
    found = await desk.cases(CaseFilter(imported=change))
    assert not isinstance(found, Refused)
    brought = sum(done.applied.get(what, 0) for what in ("created", "updated", "reopened"))
    assert (len(found.cases) if found.next is None else brought) == brought
    again = await desk.try_import(file, "receivables", None, answers, lambda step: None)
    assert isinstance(again, FileLook)
    assert not again.applied.get("created"), "the same file again changes nothing"
    back = await desk.undo_import(change)
    assert not isinstance(back, Refused), back
    left = await desk.cases(CaseFilter(imported=change))
    assert not isinstance(left, Refused)
    assert not left.cases


async def test_the_largest_one_is_looked_at_with_every_step_told(desk: ServerDesk, shared: Path) -> None:
    steps: list[ImportStep] = []
    file = shared / "receivables" / "highradius_open_items.csv"
    seen = await desk.try_import(file, "receivables", None, {"assign": "none"}, steps.append)
    assert isinstance(seen, FileLook), seen
    assert seen.applied["created"] == 553
    assert len(seen.rows) > 9681
    assert steps
    assert {step.stage for step in steps} <= {"reading", "matching", "writing"}


async def test_a_contact_list_comes_in(desk: ServerDesk, shared: Path) -> None:
    seen = await look(desk, shared / "receivables" / "qb_customer_contact_list_verbatim.csv", "contacts", {})
    assert (seen.applied["unused"], seen.counts["data"]) == (4, 5), "one stands there twice, and nobody has a case here"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("empty.csv", "receivables"),
        ("header_only.csv", "receivables"),
        ("heading_words_by_language.csv", "receivables"),
        ("cn_collection_log_gbk.csv", "receivables"),
        ("qb_customer_contact_list_verbatim.csv", "receivables"),
        ("empty.csv", "payments"),
        ("header_only.csv", "payments"),
        ("sap_list_us_tab_verbatim.txt", "payments"),
    ],
)
async def test_what_is_something_else_is_refused_in_a_sentence(
    desk: ServerDesk, shared: Path, name: str, kind: ImportKind
) -> None:
    answer = await desk.try_import(shared / "receivables" / name, kind, None, dict(ANSWERS), lambda step: None)
    assert isinstance(answer, Refused), answer
    assert "nothing" in answer.text.lower()
