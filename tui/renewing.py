"""At the door: the server wants a new password before it lets anybody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from data.answers import PASSWORD_CHANGE_NEEDED
from domain.i18n import tr
from screens.ports import Refused

if TYPE_CHECKING:
    from screens.unlock import UnlockScreen


async def refuse(
    app: App[Any],
    refused: Refused,
    event: UnlockScreen.Submitted,
    door: UnlockScreen,
    server: str,
    login: str,
    *,
    opens_store: bool = False,
) -> None:
    """Say at the door why a login was refused, or ask for a new password where that is all that is wanted.

    ``server`` and ``login`` stand in for what the door did not ask for; ``opens_store`` says that the password is also
    the one a new store is made with.
    """
    if refused.code == PASSWORD_CHANGE_NEEDED:
        where, who = event.server or server, event.login or login
        await _ask_new_password(app, door, where, who, event.password, opens_store=opens_store)
    else:
        door.refuse(refused.text)


async def _ask_new_password(
    app: App[Any], door: UnlockScreen, server: str, login: str, password: str, *, opens_store: bool
) -> None:
    """Ask for a new password in place of ``password``, have it changed, and knock at the door with it."""
    from screens.new_password import NewPasswordScreen

    async def change(new: str) -> Refused | None:
        return await change_password(server, login, password, new)

    def done(new: str | None) -> None:
        from screens.unlock import UnlockScreen

        if new is None:
            door.refuse(tr("The password has to be replaced before you can work; nothing was changed."))
        else:
            door.post_message(UnlockScreen.Submitted(server, login, new))

    await app.push_screen(NewPasswordScreen(login, change, opens_store=opens_store), done)


async def change_password(server: str, login: str, password: str, new: str) -> Refused | None:
    """Replace a password on the server; a sentence when that did not go well."""
    from data.answers import Failure
    from data.http import ServerClient, UnsafeAddressError
    from domain.wire import PasswordChange

    try:
        client = ServerClient(server)
    except UnsafeAddressError as error:
        return Refused(str(error), "address")
    try:
        answer = await client.change_password(PasswordChange(login, password, new))
    finally:
        await client.aclose()
    if not isinstance(answer, Failure):
        return None
    if answer.status == 422:
        words = tr("The new password was not taken: it has 8 to 256 characters and is not the old one. Choose another.")
        return Refused(words, answer.problem)
    if answer.kind in ("network", "timeout"):
        return Refused(tr("The server cannot be reached; the password was not changed. Try again."), answer.kind)
    return Refused(answer.sentence, answer.problem or answer.kind)
