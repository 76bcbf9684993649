"""The server as an ASGI application, built from its settings and a clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from domain.clock import Clock, milliseconds
from server.database.engine import Database
from server.facts.retaking import take_up_again
from server.feeds.hub import Hub
from server.founding import open_server
from server.http.dispatch import Lanes, make_route, problem_response
from server.http.envelope import Envelope
from server.http.problem import METHOD_NOT_ALLOWED, NOT_FOUND, Refusal
from server.jobs.running import keep_running
from server.metrics import Metrics, running_version
from server.people.passwords import Passwords
from server.people.provider import Provider
from server.routes import ENDPOINTS
from server.services import Services
from server.settings import Settings


def build_services(settings: Settings, clock: Clock) -> Services:
    """Open the database and put together what endpoints need.

    Raises :class:`server.founding.TablesOutdated` when a shared database has to be brought up to date first.
    """
    database = Database(settings, clock)
    hub = Hub(database, settings.stream_tick_s)
    database.on_commit.append(hub.wake)
    identity = open_server(database)
    take_up_again(database, identity.epoch)
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        identity=identity,
        passwords=Passwords(settings.argon2),
        hub=hub,
        metrics=Metrics(version=running_version(), started_s=milliseconds(clock.now()) // 1000),
        provider=None if settings.oidc is None else Provider(settings.oidc),
    )


def build_app(settings: Settings, clock: Clock) -> Starlette:
    """Build the application; ``app.state.services`` is what it works with."""
    services = build_services(settings, clock)
    lanes = Lanes(services)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(services.hub.run(), name="duecall feed hub")]
        if settings.jobs:
            tasks.append(asyncio.create_task(keep_running(services.database), name="duecall jobs"))
        try:
            yield
        finally:
            services.hub.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            services.database.close()

    app = Starlette(
        routes=[make_route(endpoint, services, lanes) for endpoint in ENDPOINTS],
        middleware=[Middleware(Envelope, services=services)],
        exception_handlers={HTTPException: _no_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.services = services
    return app


async def _no_route(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == METHOD_NOT_ALLOWED.status:
        return problem_response(Refusal(METHOD_NOT_ALLOWED, headers=dict(problem.headers or {})))
    return problem_response(Refusal(NOT_FOUND))
