"""Rows of the reference suites of date phrases on which the suite is wrong for any speaker (docs/decisions/0011)."""

from __future__ import annotations

from typing import Final

SET_ASIDE: Final = {
    ("duckling.ZH", "2013-02-12", "下礼拜三"): "2013-02-20",
    ("duckling.ZH", "2013-02-12", "下禮拜三"): "2013-02-20",
    ("recognizers.DateParser", "2017-03-22", "大年初一"): "2018-02-16",
}
"""Suite, day on which it is said and phrase, to the day a speaker means."""
