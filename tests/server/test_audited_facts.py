"""Looking at what is masked, and setting a rule aside, stand in the audit trail with the fact that says so."""

from __future__ import annotations

import pytest

from tests.support.server_world import PHONE, Machine, World


@pytest.fixture
async def anna(world: World) -> Machine:
    """Give an agent with one case."""
    world.add_case("c1", "anna")
    return await world.login("anna")


@pytest.fixture
async def sue(world: World) -> Machine:
    """Give her supervisor."""
    return await world.login("sue")


async def actions(sue: Machine) -> list[tuple[str, str]]:
    lines = (await sue.get("/v1/audit")).json()["lines"]
    return [(line["action"], line["subject"]) for line in lines if line["action"] in ("file.viewed", "gate.overridden")]


async def test_a_look_at_the_file_is_in_the_trail(world: World, anna: Machine, sue: Machine) -> None:
    looked = anna.event("c1", "file.viewed", {"part": "identity"})
    assert [each["status"] for each in await anna.results(looked)] == ["accepted"]
    assert await actions(sue) == [("file.viewed", "c1")]
    assert [each["status"] for each in await anna.results(looked)] == ["duplicate"]
    assert await actions(sue) == [("file.viewed", "c1")], "said once however often it was sent"
    shown = (await anna.documents())["case:c1"]["timeline"]
    assert "file.viewed" not in [moment["type"] for moment in shown]


@pytest.mark.parametrize(("data", "told"), [({"override": "customer asked for it"}, True), ({"override": " "}, False)])
async def test_a_rule_set_aside_is_in_the_trail(
    world: World, anna: Machine, sue: Machine, data: dict[str, str], told: bool
) -> None:
    await anna.results(anna.event("c1", "attempt.started", {"number": PHONE, "gate": "house", **data}))
    assert bool(await actions(sue)) is told
    assert "customer asked" not in (await sue.get("/v1/audit")).text


async def test_somebody_else_is_part_of_the_case(world: World, anna: Machine) -> None:
    phone = {"e164": "+8613900139000", "zones": ["Asia/Shanghai"]}
    named = {"person_id": "x1", "name": "Li Wei", "relation": "spouse", "phones": [phone]}
    await anna.results(anna.event("c1", "person.named", named))
    assert [(each["name"], each["authorised"]) for each in (await anna.documents())["case:c1"]["people"]] == [
        ("Li Wei", False)
    ]
    await anna.results(anna.event("c1", "person.named", {**named, "authorised": True, "evidence": "said so"}))
    assert [each["authorised"] for each in (await anna.documents())["case:c1"]["people"]] == [True]
