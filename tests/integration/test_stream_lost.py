"""Hints that do not come: cut on the way, or refused by a proxy. The feed is polled, the screen says so, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.laptops import Laptop, RunningClock, Served
from tests.support.processes import Network
from tests.support.server_world import World


class Proxy(httpx.AsyncBaseTransport):
    """A proxy that lets everything through but the stream, until it is told to."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.refuses = True
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/stream":
            self.asked += 1
            if self.refuses:
                return httpx.Response(502, text="<html>Bad Gateway</html>", request=request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[World, Served]]:
    folder = tmp_path / "server"
    folder.mkdir()
    world = World(folder, {"stream_tick_s": 0.05}, RunningClock())
    world.populate()
    world.add_case("c0", "anna")
    server = Served(world)
    yield world, server
    server.stop()
    world.services.database.close()


async def test_a_proxy_that_refuses_the_stream_costs_time_and_no_case(
    served: tuple[World, Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("data.sync.pulling.POLL", "data.sync.engine.POLL"):
        monkeypatch.setattr(where, timedelta(seconds=0.2))
    world, server = served
    proxy = Proxy()
    laptop = Laptop(tmp_path / "laptop", f"http://127.0.0.1:{server.port}", proxy)
    await laptop.login()
    async with laptop.running():
        await laptop.until(lambda: laptop.replica.cases.ids() == {"c0"})
        await laptop.until(lambda: laptop.driver.status.polling)
        assert laptop.driver.status.state == "synced", "the line stands; only hints are missing"
        world.add_case("c1", "anna")
        await laptop.until(lambda: laptop.replica.cases.ids() == {"c0", "c1"})
        assert proxy.asked >= 1
        proxy.refuses = False
        laptop.driver.nudge()
        await laptop.until(lambda: not laptop.driver.status.polling)
    laptop.store.close()


async def test_a_stream_that_is_cut_is_opened_again_by_itself(served: tuple[World, Served], tmp_path: Path) -> None:
    world, server = served
    network = Network(f"http://127.0.0.1:{server.port}")
    laptop = Laptop(tmp_path / "laptop", network.address)
    await laptop.login()
    async with laptop.running():
        await laptop.until(lambda: world.services.metrics.streams == 1)
        network.cut()
        await laptop.until(lambda: laptop.driver.status.state == "offline")
        network.restore()
        await laptop.until(lambda: world.services.metrics.streams == 1 and not laptop.driver.status.polling)
        await laptop.until(lambda: laptop.driver.status.state == "synced")
        world.add_case("c1", "anna")  # the next poll is minutes away: only a hint brings it now
        await laptop.until(lambda: "c1" in laptop.replica.cases.ids())
    laptop.store.close()
    network.close()
