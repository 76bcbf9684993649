"""Keeping the garbage collector still while very many objects are made at once, none of them garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector still: it would walk through ever more objects that all stay.

    Decoding 10,000 cases takes half as long with this (``benchmarks/casebook.py``).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
