"""What a served application knows of the browser it is shown in."""

from __future__ import annotations

import os
from typing import Final

DRIVER: Final = "TEXTUAL_DRIVER"
"""Set by the program that shows the screens in a browser; then there is no terminal, and none is needed."""
SHARED: Final = "DUECALL_WEB_SHARED"
"""Set where browsers of other machines may come: then no files of this one are offered."""


def on_web() -> bool:
    """Tell whether the screens are shown in a browser."""
    return "web_driver" in os.environ.get(DRIVER, "")


def is_shared() -> bool:
    """Tell whether the browser may be on another machine than the program."""
    return on_web() and os.environ.get(SHARED) == "1"
