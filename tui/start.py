"""Starting the application: on the agent's own profile, or on a server and data of its own for a demonstration."""

from __future__ import annotations

import argparse
import gc
import sys
from dataclasses import replace
from pathlib import Path

from data.profile import load_settings, places, save_settings, server_address
from data.store.header import read_header
from domain.i18n import Language, tr
from screens.ports import Refused
from tui.cli.frame import CommandFailed
from tui.web.place import on_web
from tui.workplace import Workplace


def run_agent(arguments: argparse.Namespace) -> int:
    """Open the agent's application; the door asks for what is missing."""
    del arguments  # the language has been chosen by now
    if not on_web() and not (sys.stdout.isatty() and sys.stderr.isatty()):  # Textual paints on standard error
        raise CommandFailed(tr("duecall needs a terminal; duecall --help lists the commands that do not."))
    gc.disable()  # the application enables it once the first screen is painted
    from tui.app import DuecallApp
    from tui.opening import open_profile, open_remembered

    where = places()
    settings = load_settings(where.config_file)

    async def opener(server: str, login: str, password: str) -> Workplace | Refused:
        return await open_profile(where, server, login, password)

    def keep_language(chosen: Language) -> None:
        save_settings(where.config_file, replace(load_settings(where.config_file), language=chosen))

    def keep_theme(chosen: str) -> None:
        save_settings(where.config_file, replace(load_settings(where.config_file), theme=chosen))

    keymap, own_keys = _keys_of_ones_own(where.config_file)
    app = DuecallApp(
        opener,
        ready=open_remembered(where),
        first=read_header(where.store_folder) is None or settings.login is None,
        server=server_address(settings) or "",
        login=settings.login or "",
        theme=settings.theme,
        keep_language=keep_language,
        keep_theme=keep_theme,
        keymap=keymap,
        own_keys=own_keys,
    )
    app.run()
    return app.return_code or 0


def _keys_of_ones_own(config_file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Read keys.toml, where there is one; a wrong line keeps the application from starting with half of it."""
    file = config_file.with_name("keys.toml")
    if not file.exists():
        return {}, {}
    from tui.keymap import KeymapError, load_keymap, shown_keys

    try:
        keymap = load_keymap(file)
    except KeymapError as error:
        raise CommandFailed(str(error)) from None
    return keymap, shown_keys(keymap)
