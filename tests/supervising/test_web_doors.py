"""Who may open the page: this machine's own browser, from the page itself; nobody in the clear from elsewhere."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from tests.support.processes import duecall
from tui.web.serving import DeskServer, Service, may_serve


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "desk.example.com", "::"])
def test_another_host_without_tls_is_refused_before_anything_starts(tmp_path: Path, host: str) -> None:
    assert may_serve(Service("supervisor", host, 0)) is not None
    duecall(tmp_path, "web", "--host", host, "--port", "0", code=1)


@pytest.mark.parametrize(
    "public", ["http://desk.example.com", "desk.example.com", "https://desk.example.com/path", "https://"]
)
def test_a_public_address_is_encrypted_and_whole(public: str) -> None:
    assert may_serve(Service("supervisor", "127.0.0.1", 0, public)) is not None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may(host: str) -> None:
    assert may_serve(Service("supervisor", host, 0)) is None
    assert may_serve(Service("supervisor", "0.0.0.0", 0, "https://desk.example.com")) is None


async def statuses(server: DeskServer, *requests: tuple[str, dict[str, str]]) -> list[int]:
    """Ask the application on a free port of loopback; gives the status of each answer."""
    from aiohttp import web

    runner = web.AppRunner(await server.make(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    found = []
    try:
        async with aiohttp.ClientSession() as session:
            for path, headers in requests:
                async with session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as response:
                    found.append(response.status)
                    if response.status == 200:
                        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
                        assert response.headers["Cache-Control"] == "no-store"
    finally:
        await runner.cleanup()
    return found


async def test_a_name_that_was_made_to_point_here_is_refused() -> None:
    server = DeskServer(Service("supervisor", "127.0.0.1", 8000), 8000)
    page = {"Host": "127.0.0.1:8000"}
    assert await statuses(
        server, ("/", page), ("/", {"Host": "evil.example.com"}), ("/", {"Host": "localhost:8000"})
    ) == [
        200,
        403,
        200,
    ]


async def test_another_sites_page_cannot_open_a_session() -> None:
    server = DeskServer(Service("supervisor", "127.0.0.1", 8000), 8000)
    host = {"Host": "127.0.0.1:8000", "Connection": "Upgrade", "Upgrade": "websocket"}
    socket = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    foreign = host | socket | {"Origin": "https://evil.example.com"}
    nameless = host | socket
    assert await statuses(server, ("/ws", foreign), ("/ws", nameless)) == [403, 403]


async def test_the_terminals_script_is_served_and_no_list_of_files() -> None:
    server = DeskServer(Service("agent", "127.0.0.1", 8000), 8000)
    host = {"Host": "127.0.0.1:8000"}
    found = await statuses(
        server, ("/static/js/textual.js", host), ("/static/", host), ("/page.css", host), ("/page.js", host)
    )
    assert found == [200, 403, 200, 200]
