"""Chinese names by their spelling: in full, by initials, in between, and surnames with a reading of their own."""

from __future__ import annotations

import pytest

from domain.pinyin import SURNAMES, has_han, is_spelling, rank, readings


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张伟", ["zhangwei", "zw", "zhw", "zhangw", "zwei", "z", "zhan"]),
        ("单雄信", ["shanxiongxin", "sxx", "shanxx"]),
        ("曾国华", ["zengguohua", "zgh", "zgu"]),
        ("仇英", ["qiuying", "qy"]),
        ("解晓东", ["xiexiaodong", "xxd"]),
        ("查良镛", ["zhaliangyong", "zly"]),
        ("尉迟恭", ["yuchigong", "ycg"]),
        ("吕布", ["lvbu", "lubu", "lb", "lübu"]),
        ("欧阳修", ["ouyangxiu", "oyx"]),
        ("A公司", ["agongsi", "ags"]),
    ],
)
def test_a_name_is_found_from_its_first_syllable(name: str, typed: list[str]) -> None:
    assert {each: rank(each, name) for each in typed} == dict.fromkeys(typed, 0)


def test_a_later_syllable_comes_after_and_letters_of_nothing_find_nothing() -> None:
    assert rank("guohua", "曾国华") == 1
    assert rank("gh", "曾国华") == 1
    for wrong in ("zgx", "wz", "hg", "zhangweiwei", "x"):
        assert rank(wrong, "张国华") is None


@pytest.mark.parametrize("surname", sorted(SURNAMES))
def test_every_listed_surname_is_read_as_listed(surname: str) -> None:
    assert SURNAMES[surname] in readings(surname + "明")[0]
    assert rank(SURNAMES[surname] + "ming", surname + "明") == 0


def test_hostile_names_are_only_text() -> None:
    for name in ("李[/foo]伟", "[@click=app.quit]王芳", "\x1b]52;c;eA==\x07赵敏", "", "😀"):
        assert rank("zzzzzz", name) is None
    assert rank("lw", "李伟[/b]") == 0


def test_what_may_be_pinyin() -> None:
    assert is_spelling("zhangwei")
    assert not is_spelling("zhang3")
    assert not is_spelling("")
    assert has_han("A公司")
    assert not has_han("Oakley")
