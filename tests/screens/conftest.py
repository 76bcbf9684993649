"""A real application on a real store, driven by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from domain.i18n import use_language
from tests.support.desks import HandClock, OpenDesk
from tests.support.people import team
from tests.support.places import Place
from tui.app import DuecallApp

Driven = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that stands at 10:00 in Shanghai on a Tuesday."""
    return HandClock()


@pytest.fixture
def opened(tmp_path: Path, clock: HandClock) -> Iterator[OpenDesk]:
    """Give a desk with one case of each kind."""
    desk = OpenDesk(tmp_path / "store", clock)
    desk.receive([story.case() for story in team()])
    yield desk
    desk.close()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def driven(opened: OpenDesk) -> Driven:
    """Give the application on that desk, at a size, ready for keys."""

    @asynccontextmanager
    async def run(size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
        place = Place(opened.desk)

        async def opener(_server: str, _login: str, _password: str) -> Place:
            return place

        app = DuecallApp(opener, ready=place)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield pilot

    return run
