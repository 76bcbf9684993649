"""``duecall date``, ``phone``, ``may-call`` and ``import --dry-run``: the forms other programs call."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.i18n import use_language
from tui.main import main


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test a profile of its own and a system that speaks English."""
    monkeypatch.setenv("DUECALL_HOME", str(tmp_path / "home"))
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    yield
    use_language("en")


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    """Give a function that runs a command with ``--json`` and gives exit code and document."""

    def run(*arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--json"])
        shown = capsys.readouterr()
        assert len(shown.out.splitlines()) == 1
        assert (shown.err == "") == (code == 0)
        return code, json.loads(shown.out)

    return run


@pytest.fixture
def answers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that has lines answered."""

    def run(lines: list[object], *arguments: str) -> list[Any]:
        written = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
        monkeypatch.setattr("sys.stdin", io.StringIO(written))
        assert main([*arguments]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


# --- date ---


def test_a_day_is_named_with_its_weekday_and_distance(answer: Any) -> None:
    code, document = answer("date", "next", "friday", "--from", "2026-11-22")
    assert code == 0
    assert document["text"] == "next friday"
    assert document["from"] == "2026-11-22"
    assert document["date"] == "2026-11-27"
    assert document["weekday"] == "Friday"
    assert document["days"] == 5
    assert document["range"] is False
    assert document["parts"] == []
    assert document["needs"] is None
    assert document["why"]


def test_no_day_is_exit_code_1_with_the_reason(answer: Any) -> None:
    code, document = answer("date", "whatever you say", "--from", "2026-11-22")
    assert code == 1
    assert document["date"] is None
    assert document["weekday"] is None
    assert document["why"]


def test_a_pay_day_is_asked_for_and_can_be_given(answer: Any) -> None:
    code, document = answer("date", "发工资那天", "--from", "2026-11-22")
    assert (code, document["needs"], document["date"]) == (1, "pay_day", None)
    code, document = answer("date", "发工资那天", "--from", "2026-11-22", "--pay-day", "25")
    assert (code, document["needs"], document["date"]) == (0, None, "2026-11-25")


def test_parts_name_their_shares(answer: Any) -> None:
    _, document = answer("date", "half today and the rest next friday", "--from", "2026-11-22")
    assert [(part["date"], part["share"], part["fraction"]) for part in document["parts"]] == [
        ("2026-11-22", 0.5, "1/2"),
        ("2026-11-27", 0.5, "1/2"),
    ]


def test_an_amount_leaves_the_share_of_the_rest_unknown(answer: Any) -> None:
    _, document = answer("date", "$100 tomorrow and the rest next friday", "--from", "2026-11-22")
    assert [(part["amount"], part["share"], part["rest"]) for part in document["parts"]] == [
        ("100", None, False),
        (None, None, True),
    ]


def test_the_order_of_day_and_month_can_be_chosen(answer: Any) -> None:
    assert answer("date", "3/4", "--from", "2026-01-01", "--date-order", "DMY")[1]["date"] == "2026-04-03"
    assert answer("date", "3/4", "--from", "2026-01-01", "--date-order", "MDY")[1]["date"] == "2026-03-04"


def test_an_hour_in_from_counts(answer: Any) -> None:
    assert answer("date", "in 12 hours", "--from", "2026-11-22T21:30")[1]["date"] == "2026-11-23"
    assert answer("date", "in 2 hours", "--from", "2026-11-22T09:30")[1]["date"] == "2026-11-22"


def test_people_read_the_day_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["date", "next friday", "--from", "2026-11-22"]) == 0
    assert capsys.readouterr().out.startswith("Fri 27 Nov 2026, in 5 days\n")
    assert main(["date", "nothing"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


def test_date_answers_lines_in_order_and_goes_on_after_a_bad_one(answers: Any) -> None:
    lines = [
        '\ufeff{"text": "tomorrow", "from": "2026-11-22"}\n',
        "not json\n",
        "[]\n",
        "\n",
        {"text": 5},
        {"from": "2026-11-22"},
        {"text": "friday", "from": "soon"},
        {"text": "friday", "lang": "fr"},
        {"text": "下周五", "from": "2026-11-22", "lang": "zh"},
        {"text": "no idea", "from": "2026-11-22"},
    ]
    given = answers(lines, "date", "-")
    assert len(given) == len(lines)
    assert given[0]["date"] == "2026-11-23"
    assert [list(document) for document in given[1:8]] == [["error"]] * 7
    assert given[8]["date"] == "2026-11-27"
    assert given[9]["date"] is None


def test_the_language_of_a_line_holds_for_that_line(answers: Any) -> None:
    said = {"text": "no day at all", "from": "2026-11-22"}
    english, chinese, again = answers([said, {**said, "lang": "zh"}, said], "date", "-")
    assert english["why"] == again["why"]
    assert chinese["why"] != english["why"]


def test_from_holds_for_lines_that_name_no_day(answers: Any) -> None:
    (document,) = answers([{"text": "tomorrow"}], "date", "-", "--from", "2026-11-22")
    assert document["date"] == "2026-11-23"


# --- phone ---


def test_a_cell_gives_numbers_and_refusals(answer: Any) -> None:
    code, document = answer("phone", "138 0013 8000 / 010-65529988转123, 138****8000", "--region", "CN")
    assert code == 0
    first, second = document["numbers"]
    assert (first["e164"], first["extension"], first["type"]) == ("+8613800138000", None, "mobile")
    assert (first["region"], first["zones"]) == ("CN", ["Asia/Shanghai"])
    assert (second["e164"], second["extension"]) == ("+861065529988", "123")
    (rejected,) = document["rejected"]
    assert rejected["text"] == "138****8000"
    assert rejected["reason"]


def test_a_cell_without_a_valid_number_is_exit_code_1(answer: Any) -> None:
    code, document = answer("phone", "138****8000", "--region", "CN")
    assert (code, document["numbers"]) == (1, [])
    assert len(document["rejected"]) == 1
    assert answer("phone", "", "--region", "CN") == (1, {"numbers": [], "rejected": []})


def test_people_read_numbers_and_refusals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["phone", "010-65529988转123, 138****8000", "--region", "cn"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "+86 10 6552 9988 extension 123  fixed_line  CN  Asia/Shanghai\n"
    assert shown.err.startswith("“138****8000”: ")


def test_phone_answers_lines(answers: Any) -> None:
    given = answers(
        [{"text": "13800138000", "region": "CN"}, {"text": "13800138000"}, {"text": ["1"]}, {"text": "x", "region": 1}],
        "phone",
        "-",
    )
    assert given[0]["numbers"][0]["e164"] == "+8613800138000"
    assert given[1]["numbers"] == []
    assert [list(document) for document in given[2:]] == [["error"]] * 2


# --- may-call ---


def test_a_refusal_is_an_answer_too(answer: Any) -> None:
    code, document = answer("may-call", "--number", "+8613800138000", "--at", "2026-11-22T16:00:00Z")
    assert code == 0
    assert document["allowed"] is False
    assert document["code"] == "window"
    assert document["next"] == "2026-11-23T00:00:00Z"
    assert document["zones"] == ["Asia/Shanghai"]
    assert document["counted"] == []
    assert document["pack"] == "cn-consumer-credit"
    assert document["source"]
    code, document = answer("may-call", "--number", "+8613800138000", "--at", "2026-11-22T11:00:00+08:00")
    assert (code, document["allowed"], document["code"], document["next"]) == (0, True, "ok", None)


def test_the_pack_follows_the_country_or_the_option(answer: Any) -> None:
    at = ("--at", "2026-11-22T16:00:00Z")
    assert answer("may-call", "--number", "+16502530000", *at)[1]["pack"] == "us-reg-f"
    assert answer("may-call", "--number", "+442079460000", *at)[1]["pack"] == "us-reg-f"
    chosen = answer("may-call", "--number", "+16502530000", *at, "--pack", "us-reg-f+us-washington")
    assert chosen[1]["pack"] == "us-reg-f+us-washington"


def test_a_number_of_many_zones_needs_an_hour_that_is_allowed_in_all(answer: Any) -> None:
    _, document = answer("may-call", "--number", "+18002530000", "--at", "2026-11-23T15:00:00Z")
    assert len(document["zones"]) > 10
    assert document["allowed"] is False


@pytest.mark.parametrize(
    "arguments",
    [("--number", "13800138000"), ("--number", "nobody"), ("--number", "+8613800138000", "--pack", "no-such-pack")],
)
def test_what_cannot_be_answered_is_one_sentence(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["may-call", *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


def test_an_instant_without_a_zone_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["may-call", "--number", "+8613800138000", "--at", "2026-11-22T16:00:00"]) == 2
    assert "no instant with a zone" in capsys.readouterr().err
    assert main(["may-call"]) == 2
    assert main(["may-call", "some-case", "--number", "+8613800138000"]) == 2


def test_people_read_the_rule_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["may-call", "--number", "+8613800138000", "--at", "2026-11-22T16:00:00Z"]) == 0
    shown = capsys.readouterr().out
    assert "Shanghai" in shown
    assert "GB/T 45251-2025" in shown


def test_may_call_answers_lines(answers: Any) -> None:
    at = "2026-11-22T16:00:00Z"
    given = answers(
        [
            {"number": "+8613800138000", "at": at},
            {"number": "+8613800138000", "at": at, "pack": "none"},
            {"number": "+8613800138000", "at": "noon"},
            {"number": "x", "at": at},
            {"at": at},
            {"number": "+16502530000", "at": "2026-11-22T20:00:00Z"},
        ],
        "may-call",
        "-",
    )
    assert [document.get("allowed") for document in given] == [False, None, None, None, None, True]
    assert [list(document) for document in given[1:5]] == [["error"]] * 4


# --- import --dry-run ---

LEDGER = """\
Customer,Invoice,Date,Due date,Open balance,Currency,Phone
Aldergate Mills,INV-7,2026-09-01,2026-10-01,1284.50,GBP,020 7946 0000
Brookfen Dairy,INV-9,2026-09-20,2026-10-20,715.50,GBP,
Total,,,,2000.00,GBP,
"""


def test_a_ledger_is_looked_at_without_a_server(answer: Any, tmp_path: Path) -> None:
    file = tmp_path / "ledger 2026-10-31.csv"
    file.write_text(LEDGER, encoding="utf-8")
    code, document = answer("import", str(file), "--dry-run", "--region", "gb")
    assert code == 0
    assert document["total"] == "2000.00"
    assert document["currency"] == "GBP"
    assert [item["open"] for item in document["items"]] == ["1284.50", "715.50"]
    assert document["items"][0]["phones"] == ["+442079460000"]
    assert sum(document["rows"].values()) == 4
    assert document["rows"]["data"] == 2


def test_a_question_that_blocks_is_exit_code_1_until_it_is_answered(answer: Any, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text(
        LEDGER.replace("2026-09-01", "03/04/2026")
        .replace("2026-10-01", "05/06/2026")
        .replace("2026-09-20", "")
        .replace("2026-10-20", ""),
        encoding="utf-8",
    )
    code, document = answer("import", str(file), "--dry-run")
    assert code == 1
    assert [question["code"] for question in document["questions"] if question["blocking"]] == ["date_order"]
    code, document = answer("import", str(file), "--dry-run", "--date-order", "DMY")
    assert code == 0
    assert document["items"][0]["due_date"] == "2026-06-05"


def test_the_sentence_for_a_question_names_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text("Customer,Due date,Open balance\nAldergate,03/04/2026,10.00\n", encoding="utf-8")
    assert main(["import", str(file), "--dry-run"]) == 1
    assert "--date-order DMY | MDY" in capsys.readouterr().err


def test_something_else_is_refused_in_the_usual_form(answer: Any, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("a,b\nhello,world\n", encoding="utf-8")
    code, document = answer("import", str(file), "--dry-run")
    assert code == 1
    assert document["items"] == []
    assert document["errors"][0]["text"]


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none.csv"), "--dry-run"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "none.csv cannot be read" in shown.err


def test_contacts_are_looked_at_too(answer: Any, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Customer,Phone,Email\nAldergate Mills,020 7946 0000,\n,1,\n", encoding="utf-8")
    code, document = answer("import", str(file), "--dry-run", "--contacts", "--region", "GB")
    assert code == 0
    assert document["contacts"][0]["phones"] == ["+442079460000"]
    assert document["errors"]


def test_people_read_what_a_file_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text(LEDGER, encoding="utf-8")
    assert main(["import", str(file), "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "2000.00 GBP open" in shown
    assert "2 customers" in shown


@pytest.mark.shared
def test_the_reference_ledgers_give_the_exit_code_their_readers_expect(answer: Any, shared: Path) -> None:
    for expected in sorted((shared / "receivables").glob("*.csv.expected.json")):
        file = expected.with_name(expected.name.removesuffix(".expected.json"))
        code, document = answer("import", str(file), "--dry-run")
        assert code == (0 if document["items"] else 1), file.name
