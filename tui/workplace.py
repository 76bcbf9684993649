"""What stands behind the application once the door is open."""

from __future__ import annotations

from typing import Protocol

from screens.ports import Desk, Refused


class Workplace(Protocol):
    """An open profile: the desk, and the exchange with the server that runs beside it."""

    @property
    def desk(self) -> Desk:
        """The agent's desk."""
        ...

    @property
    def dial_command(self) -> tuple[str, ...]:
        """The user's program for dialling, if one is set."""
        ...

    async def run(self) -> None:
        """Exchange with the server until cancelled; never raises for what a network does."""
        ...

    def unlocks(self, password: str) -> bool:
        """Tell whether a password opens this store."""
        ...

    def toggle_keyring(self) -> str:
        """Give the store's key to the system's keyring, or take it back; says what was done."""
        ...

    async def log_in(self, password: str) -> Refused | None:
        """Log in with a password typed now; a sentence when that did not go well."""
        ...

    async def close(self) -> None:
        """Stop and put everything away."""
        ...
