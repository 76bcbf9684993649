"""The colours: quiet by default, one accent; a light one, and one with the strongest contrast."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="duecall-dark",
    primary="#5fb3a1",
    secondary="#7a9cc6",
    accent="#5fb3a1",
    warning="#e0b060",
    error="#e07070",
    success="#7fc08a",
    foreground="#d8dcdf",
    background="#14181b",
    surface="#1b2125",
    panel="#20282d",
    dark=True,
)
LIGHT: Final = Theme(
    name="duecall-light",
    primary="#1f6f5f",
    secondary="#2f5f95",
    accent="#1f6f5f",
    warning="#8a5a00",
    error="#a52525",
    success="#2a6b35",
    foreground="#1d2327",
    background="#fbfbf9",
    surface="#f1f2ee",
    panel="#e6e9e4",
    dark=False,
)
CONTRAST: Final = Theme(
    name="duecall-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    warning="#ffaf00",
    error="#ff5f5f",
    success="#5fff5f",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    dark=True,
)
THEMES: Final = (DARK, LIGHT, CONTRAST)
