"""What argparse itself says (usage, headings, what is wrong with the arguments) in the interface language.

argparse asks :mod:`gettext` for its words, and gettext finds the catalogue by the environment; so the program's
catalogue is bound, and the language named in ``LANGUAGE``, for as long as the arguments are read.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from domain.i18n import LOCALE_FOLDER, language, mark

_DOMAIN: Final = "duecall"
_VARIABLE: Final = "LANGUAGE"

WORDS: Final = (
    mark("usage: "),
    mark("options"),
    mark("positional arguments"),
    mark("show this help message and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("one of the arguments %s is required"),
    mark("not allowed with argument %s"),
    mark("expected one argument"),
    mark("expected at least one argument"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
)
"""argparse's sentences that people meet, for the catalogue; one it words otherwise in a later Python stays English."""


@contextmanager
def spoken_usage() -> Iterator[None]:
    """Let argparse speak the interface language inside the block."""
    before = os.environ.get(_VARIABLE)
    domain = gettext.textdomain()
    gettext.bindtextdomain(_DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(_DOMAIN)
    os.environ[_VARIABLE] = language()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before
