"""Files as ledgers and banks really write them, invented here, through the desk's own way in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from domain.i18n import use_language
from domain.supervision import CaseFilter, ImportKind
from screens.ports import Refused
from screens.supervisor.importing import FileLook, ImportStep
from server.seed import DEMO_PASSWORD
from tests.support.supervised import SupervisedServer
from tests.support.workbooks import xls, xlsx
from tui.supervising.desk import ServerDesk
from tui.supervising.opening import OpenSupervisor, open_supervisor

HEAD: list[object] = ["Customer no", "Customer", "Invoice", "Due date", "Open balance", "Currency"]
ROWS: list[list[object]] = [
    ["000123", "Quillwort Bakery", "L-1", "2026-10-13", 120.5, "USD"],
    ["000124", "Maple Motors", "L-2", "2026-10-20", 80, "USD"],
]
TWO_ROWS: list[list[object]] = [
    ["客户", None, "单据", None, "未收金额", None],
    ["编号", "名称", "发票号", "到期日", "金额", "币种"],
    ["A01", "青山贸易", "F-1", "2026-10-13", "100.00", "CNY"],
    ["A02", "流水文具", "F-2", "2026-10-20", "50.00", "CNY"],
]


def text(rows: list[list[object]], mark: str = ",", end: str = "\r\n") -> str:
    return end.join(mark.join("" if cell is None else str(cell) for cell in row) for row in rows) + end


def page(rows: list[list[object]]) -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><meta charset=utf-8><body><table>{cells}</table></body></html>".encode()


GUARDED: list[list[object]] = [
    HEAD,
    ['="000123"', "Quillwort Bakery", '="L-1"', "2026-10-13", "120.50", "USD"],
    ROWS[1],
]
SAMPLES: dict[str, tuple[str, bytes, int, str]] = {
    "a sep= line": ("a.csv", ("sep=;\r\n" + text([HEAD, *ROWS], ";")).encode(), 2, "200.5"),
    "guarded numbers": ("a.csv", text(GUARDED).encode(), 2, "200.5"),
    "UTF-16 with tabs": ("a.txt", text([HEAD, *ROWS], "\t").encode("utf-16"), 2, "200.5"),
    "four-byte GB18030": ("a.csv", text(TWO_ROWS).replace("青山", "𠮷山").encode("gb18030"), 2, "150"),
    "an xls that is text": ("a.xls", text([HEAD, *ROWS], "\t").encode(), 2, "200.5"),
    "an xls that is a page": ("a.xls", page([HEAD, *ROWS]), 2, "200.5"),
    "an xls that is one": ("a.xls", xls("Ledger", [HEAD, *ROWS]), 2, "200.5"),
    "a heading over two rows": ("a.csv", text(TWO_ROWS).encode(), 2, "150"),
    "a merged heading in a workbook": ("a.xlsx", xlsx(应收=TWO_ROWS), 2, "150"),
    "old Mac line ends": ("a.csv", text([HEAD, *ROWS], end="\r").encode(), 2, "200.5"),
}


@pytest_asyncio.fixture
async def desk(server: SupervisedServer) -> AsyncIterator[ServerDesk]:
    opened = await open_supervisor(server.folder / "home", server.address, server.logins["supervisor"], DEMO_PASSWORD)
    assert isinstance(opened, OpenSupervisor)
    yield opened.desk
    await opened.close()


def nobody(_step: ImportStep) -> None:
    pass


async def read(
    desk: ServerDesk, folder: Path, name: str, content: bytes, kind: ImportKind = "receivables", **answers: str
) -> FileLook | Refused:
    file = folder / name
    file.write_bytes(content)
    return await desk.try_import(file, kind, None, answers, nobody)


async def test_every_disguise_is_read_for_what_it_is(desk: ServerDesk, tmp_path: Path) -> None:
    for what, (name, content, rows, total) in SAMPLES.items():
        seen = await read(desk, tmp_path, name, content)
        assert isinstance(seen, FileLook), (what, seen)
        assert seen.counts["data"] == rows, what
        assert seen.counts["error"] == 0, (what, seen.notes)
        assert [amount.rstrip("0").rstrip(".") for amount, _ in seen.totals] == [total], what
    guarded = await read(desk, tmp_path, *SAMPLES["guarded numbers"][:2])
    assert isinstance(guarded, FileLook)
    assert "L-1" in guarded.rows[1].text
    assert "=" not in guarded.rows[1].text
    rare = await read(desk, tmp_path, *SAMPLES["four-byte GB18030"][:2])
    assert isinstance(rare, FileLook)
    assert rare.encoding == "gb18030"
    assert "𠮷山贸易" in rare.rows[2].text


async def test_what_cannot_be_read_is_said_in_the_language_of_the_desk(desk: ServerDesk, tmp_path: Path) -> None:
    formula = xlsx(L=[HEAD, ["1", "Larch", "L-1", "2026-10-13", "=2+3", "USD"], ROWS[1]])
    seen = await read(desk, tmp_path, "a.xlsx", formula)
    assert isinstance(seen, FileLook)
    assert (seen.counts["error"], seen.counts["data"]) == (1, 1)
    assert seen.notes[0][0] == 2
    sheets = await read(desk, tmp_path, "a.xlsx", xlsx(March=[HEAD, ROWS[0]], April=[HEAD, *ROWS]))
    assert isinstance(sheets, FileLook)
    (question,) = sheets.blocking
    assert (question.code, question.choices) == ("sheet", ("March", "April"))
    march = await read(desk, tmp_path, "a.xlsx", xlsx(March=[HEAD, ROWS[0]], April=[HEAD, *ROWS]), sheet="March")
    assert isinstance(march, FileLook)
    assert march.totals == (("120.50", "USD"),)
    for content, words in ((b"\x09\x08\x08\x00\x00\x05", "Excel 97"), (b"%PDF-1.4", "PDF"), (b"", "empty")):
        refused = await read(desk, tmp_path, "a.xls", content)
        assert isinstance(refused, Refused)
        assert words in refused.text
    use_language("zh")
    said = await read(desk, tmp_path, "a.xlsx", xlsx(March=[HEAD, ROWS[0]], April=[HEAD, *ROWS]))
    assert isinstance(said, FileLook)
    assert "工作表" in said.blocking[0].text
    refused = await read(desk, tmp_path, "a.xls", b"%PDF-1.4")
    assert isinstance(refused, Refused)
    assert "PDF" in refused.text
    assert not any(word in refused.text for word in ("nothing", "import", "file"))


async def test_payments_are_looked_at_booked_and_taken_back(desk: ServerDesk, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(text([HEAD, *ROWS]), encoding="utf-8")
    answers = {"assign": "none", "as_of": "2026-11-19"}
    first = await desk.bring_in(desk.new_id(), ledger, "receivables", None, answers, None, nobody)
    assert isinstance(first, FileLook), first
    bank = xlsx(
        Bank=[
            ["Value date", "Payer", "Amount", "Currency", "Invoice"],
            ["2026-11-20", "Quillwort Bakery", 100, "USD", "L-1"],
            ["2026-11-21", "Nobody Known", 5, "USD", "X-9"],
        ]
    )
    seen = await read(desk, tmp_path, "bank.xlsx", bank, "payments")
    assert isinstance(seen, FileLook), seen
    assert [row.sort for row in seen.rows] == ["booked", "unmatched"]
    change = desk.new_id()
    done = await desk.bring_in(change, tmp_path / "bank.xlsx", "payments", None, {}, "bank", nobody)
    assert isinstance(done, FileLook), done
    assert done.applied["booked"] == 1
    case = (await desk.cases(CaseFilter(q="Quillwort"))).cases[0]  # type: ignore[union-attr]  # a refusal has none
    assert case.owed == 2050
    assert not isinstance(await desk.undo_import(change), Refused)
    case = (await desk.cases(CaseFilter(q="Quillwort"))).cases[0]  # type: ignore[union-attr]  # a refusal has none
    assert case.owed == 12_050


async def test_an_import_that_is_stopped_brings_nothing_in(desk: ServerDesk, tmp_path: Path) -> None:
    many = [[f"{n:06}", f"Customer {n}", f"I-{n}", "2026-10-13", 10, "USD"] for n in range(3000)]
    file = tmp_path / "many.csv"
    file.write_text(text([HEAD, *many]), encoding="utf-8")
    change, begun = desk.new_id(), asyncio.Event()
    told: list[ImportStep] = []

    def hear(step: ImportStep) -> None:
        told.append(step)
        begun.set()

    coming = asyncio.create_task(desk.bring_in(change, file, "receivables", None, {"assign": "none"}, None, hear))
    await asyncio.wait_for(begun.wait(), 60)
    coming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await coming
    other = desk.new_id()
    small = tmp_path / "small.csv"
    small.write_text(text([HEAD, *ROWS]), encoding="utf-8")
    after = await desk.bring_in(other, small, "receivables", None, {"assign": "none"}, None, nobody)
    assert isinstance(after, FileLook), "one writer at a time: when this is in, the other is over"
    assert await desk.is_in(change) is False
    assert await desk.is_in(other) is True
    assert told[0].total
