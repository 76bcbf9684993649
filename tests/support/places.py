"""A workplace without a server behind it: the desk is real, nothing is exchanged."""

from __future__ import annotations

from screens.ports import Desk, Refused


class Place:
    """Opens with the password ``secret``; dials with a program that does nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk: Desk = desk
        self.dial_command: tuple[str, ...] = ("true",)

    async def run(self) -> None:
        """Exchange nothing."""

    def unlocks(self, password: str) -> bool:
        """Know one password."""
        return password == "secret"

    def toggle_keyring(self) -> str:
        """Have no keyring."""
        return "no keyring here"

    async def log_in(self, password: str) -> Refused | None:
        """Know one password here too."""
        return None if password == "secret" else Refused("wrong")

    async def close(self) -> None:
        """Put nothing away: the fixture does."""


def text_of(app: object) -> str:
    """Give what stands on the screen, line by line."""
    from textual.app import App

    assert isinstance(app, App)
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)
