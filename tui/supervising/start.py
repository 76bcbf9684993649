"""Starting the supervisor's application: in a terminal, or behind a browser's page."""

from __future__ import annotations

import sys
from dataclasses import replace

from data.profile import load_settings, places, save_settings, server_address
from data.remembered import remembered
from domain.i18n import Language, tr
from screens.ports import Refused
from tui.cli.frame import CommandFailed
from tui.supervising.app import BoardApp, SupervisorPlace
from tui.web.place import is_shared, on_web


def run_board() -> int:
    """Open the supervisor's application; the door asks who is there."""
    if not on_web() and not (sys.stdout.isatty() and sys.stderr.isatty()):  # Textual paints on standard error
        raise CommandFailed(tr("duecall board needs a terminal; duecall web shows the same screens in a browser."))
    from tui.supervising.opening import open_supervisor

    where = places()
    folder = where.config_file.parent
    settings = load_settings(where.config_file)
    known = remembered(folder)

    async def opener(server: str, login: str, password: str) -> SupervisorPlace | Refused:
        return await open_supervisor(folder, server, login, password, may_read_files=not is_shared())

    def keep_language(chosen: Language) -> None:
        save_settings(where.config_file, replace(load_settings(where.config_file), language=chosen))

    app = BoardApp(
        opener,
        server=known.server or server_address(settings) or "",
        login="" if on_web() else known.login,  # a page tells nobody who works here
        theme=settings.theme,
        keep_language=keep_language,
        on_defect=keep_defect,
    )
    app.run()
    return app.return_code or 0


def keep_defect(error: BaseException) -> None:
    """Keep a report of an error of ours, without customers' data."""
    from tui.crash import keep_report

    if isinstance(error, Exception):
        keep_report(error, "board")
