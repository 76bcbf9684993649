"""The Chinese sentences: complete, with the right placeholders, and what the program reads is what people wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog

from domain.i18n import language, tr, trn, use_language
from tests.support import catalogue
from tests.support.tree import PACKAGES, ROOT, sources


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Leave the language as it was."""
    yield
    use_language("en")


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    assert [*catalogue.problems(catalogue.updated())] == []


def test_the_file_for_people_has_exactly_the_sentences_of_the_source() -> None:
    fresh = catalogue.po_text(catalogue.updated())
    assert catalogue.PO_FILE.read_bytes() == fresh, "python3 run.py messages update"


def test_the_file_for_the_program_says_what_the_file_for_people_says() -> None:
    compiled = catalogue.mo_bytes(catalogue.kept())
    assert compiled == catalogue.MO_FILE.read_bytes(), "python3 run.py messages compile"


def test_a_sentence_stays_a_sentence() -> None:
    for message in catalogue.kept():
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
            ends = message.id.endswith((".", "?"))
            assert message.string.endswith(("。", "？")) == ends or message.id.endswith("…"), message.id


def test_switching_works_at_once_and_back() -> None:
    assert tr("Promise") == "Promise"
    use_language("zh")
    assert language() == "zh"
    assert tr("Promise") == "承诺"
    assert trn("{n} day overdue", "{n} days overdue", 1).format(n=1) == "逾期 1 天"
    assert trn("{n} day overdue", "{n} days overdue", 34).format(n=34) == "逾期 34 天"
    use_language("en")
    assert trn("{n} day overdue", "{n} days overdue", 1).format(n=1) == "1 day overdue"


def test_a_sentence_nobody_translated_is_shown_in_english() -> None:
    use_language("zh")
    assert tr("No such sentence is in the catalogue.") == "No such sentence is in the catalogue."


@pytest.mark.parametrize(
    ("source", "translation", "complaint"),
    [
        ("{n} promises", "", "not translated"),
        ("{n} promises", "承诺", "placeholders differ"),
        ("{n} promises", "{m} 笔承诺", "placeholders differ"),
        ("promises", "{n} 笔承诺", "placeholders differ"),
        ("promises", "承诺 ", "blanks at an end"),
        (("{n} day", "{n} days"), ("天",), "placeholders differ"),
    ],
)
def test_the_check_can_fail(source: str | tuple[str, str], translation: str | tuple[str, ...], complaint: str) -> None:
    catalog = Catalog(locale="zh")
    catalog.add(source, translation)
    (problem,) = catalogue.problems(catalog)
    assert problem.startswith(complaint)


def test_a_doubtful_translation_is_not_accepted() -> None:
    catalog = Catalog(locale="zh")
    catalog.add("promises", "承诺", flags=["fuzzy"])
    assert [*catalogue.problems(catalog)] == ["fuzzy: 'promises'"]


def test_no_sentence_hides_in_an_f_string() -> None:
    """The extraction does not look into f-strings (before Python 3.12 they are one token): such a sentence stays English."""
    hidden = []
    for file in sources(*PACKAGES):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                hidden += [
                    f"{file.relative_to(ROOT)}:{each.lineno}"
                    for each in ast.walk(node)
                    if isinstance(each, ast.Call)
                    and isinstance(each.func, ast.Name)
                    and each.func.id in ("tr", "trn", "mark")
                    and each.args
                    and isinstance(each.args[0], ast.Constant)
                ]
    assert not hidden
