"""The queue's strategy: what would change is shown before anything does, and only then published."""

from __future__ import annotations

from tests.support.supervised import SupervisedServer, at_the_desk, press, until


async def test_points_are_tried_on_todays_cases_and_published(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "t")
        await until(pilot, "Points, together 100 of 100")
        await press(pilot, *["minus"] * 20)
        await until(pilot, "together 80 of 100")
        await until(pilot, "would move")
        await press(pilot, "p")
        await until(pilot, "what for?")
        await press(pilot, "=less weight on size", "enter")
        await until(pilot, "published; every agent has it")
        await until(pilot, "as published")


async def test_more_than_a_hundred_points_is_refused_before_it_leaves(server: SupervisedServer) -> None:
    async with at_the_desk(server) as pilot:
        await until(pilot, "Anna Reed")
        await press(pilot, "t")
        await until(pilot, "together 100 of 100")
        await press(pilot, "plus")
        await until(pilot, "together at most 100")
        await press(pilot, "x")
        await until(pilot, "as published")
