"""The agent's application on a prepared store, key at hand: what ``duecall`` does after the door is open."""

from __future__ import annotations

import gc
import sys

gc.disable()  # as tui.start does until the first paint


def main(folder: str) -> None:
    from pathlib import Path

    from data.address import checked_address
    from data.ports import INDEXES
    from data.profile import Settings
    from data.secret import Secret
    from data.session import Session
    from data.store import Store
    from data.store.keys import Key
    from domain.clock import SystemClock
    from domain.ids import IdSource
    from screens.ports import Refused
    from tui.app import DuecallApp
    from tui.opening import OpenProfile

    key = Key(bytes(range(32)))
    store = Store.open(Path(folder), key, indexes=INDEXES)
    server = checked_address("http://127.0.0.1:9")
    session = Session(store, IdSource(SystemClock()), server)
    if session.agent is None:
        from domain.wire import AgentInfo, SessionAnswer  # prepares the store once, in the first round

        agent = AgentInfo("agent-1", "wang", "王芳", "agent", "Team East")
        session.opened(SessionAnswer("t", SystemClock().now(), agent, session.device_id))
    profile = OpenProfile(key, store, session, server, "wang", Secret("x"), Settings())

    async def opener(_server: str, _login: str, _password: str) -> Refused:
        return Refused("open already")

    DuecallApp(opener, ready=profile).run()


if __name__ == "__main__":
    main(sys.argv[1])
