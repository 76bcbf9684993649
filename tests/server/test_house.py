"""Policy and scripts: read with a tag, written with it, carried to every agent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.server_world import Machine, World


@pytest.fixture
async def sue(world: World) -> Machine:
    return await world.login("sue")


@pytest.mark.parametrize("key", ["policy", "scripts"])
async def test_change_reaches_every_feed(world: World, sue: Machine, key: str) -> None:
    anna = await world.login("anna")
    cursor = (await anna.page())["cursor"]
    read = await sue.get(f"/v1/{key}")
    assert read.headers["etag"] == '"1"'
    changed = read.json() | {"version": 2, "from_a_newer_client": {"kept": [True]}}
    written = await sue.put(f"/v1/{key}", changed, **{"If-Match": '"1"'})
    assert written.status_code == 200
    assert written.headers["etag"] == '"2"'
    assert written.json() == changed
    entries = (await anna.page(cursor))["entries"]
    assert [(entry["key"], entry["ver"], entry["body"]) for entry in entries] == [(key, 2, changed)]


async def test_two_editors_do_not_overwrite_each_other(world: World, sue: Machine) -> None:
    policy = (await sue.get("/v1/policy")).json()
    assert (await sue.put("/v1/policy", policy | {"daily_goal": 70}, **{"If-Match": '"1"'})).status_code == 200
    refused = await sue.put("/v1/policy", policy | {"daily_goal": 80}, **{"If-Match": '"1"'})
    assert refused.status_code == 412
    assert (await sue.get("/v1/policy")).json()["daily_goal"] == 70


async def test_tag_is_needed(world: World, sue: Machine) -> None:
    policy = (await sue.get("/v1/policy")).json()
    assert (await sue.put("/v1/policy", policy)).status_code == 428


async def test_lease_of_the_policy_is_what_pages_give(world: World, sue: Machine) -> None:
    policy = (await sue.get("/v1/policy")).json()
    await sue.put("/v1/policy", policy | {"lease_s": 600}, **{"If-Match": '"1"'})
    assert (await (await world.login("anna")).page())["lease_s"] == 600


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"lease_s": 0}, 422),
        ({"lease_s": 10**9}, 422),
        ({"lease_s": "long"}, 400),
        ({"lease_s": 60.5}, 400),
        ({"anything": 1.5}, 400),
        ({"packs": [{"pack": "no-such-pack"}]}, 422),
        ({"packs": [{"pack": "../../etc/passwd"}]}, 422),
        ({"packs": "us-reg-f"}, 400),
    ],
)
async def test_unusable_policy_changes_nothing(world: World, sue: Machine, change: dict[str, Any], status: int) -> None:
    policy = (await sue.get("/v1/policy")).json()
    assert (await sue.put("/v1/policy", policy | change, **{"If-Match": '"1"'})).status_code == status
    assert (await sue.get("/v1/policy")).headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        (["not toml ["], 422),
        (['id = "x"'], 422),
        (["stage = 1"], 422),
        ([], 400),
        ("text", 400),
        ([1], 400),
    ],
)
async def test_unusable_scripts_change_nothing(world: World, sue: Machine, texts: Any, status: int) -> None:
    scripts = (await sue.get("/v1/scripts")).json()
    response = await sue.put("/v1/scripts", scripts | {"texts": texts}, **{"If-Match": '"1"'})
    assert response.status_code == status


async def test_scripts_need_different_names(world: World, sue: Machine) -> None:
    scripts = (await sue.get("/v1/scripts")).json()
    twice = scripts | {"texts": [scripts["texts"][0]] * 2}
    assert (await sue.put("/v1/scripts", twice, **{"If-Match": '"1"'})).status_code == 422


async def test_agents_neither_read_nor_write_them_here(world: World) -> None:
    anna = await world.login("anna")
    for key in ("policy", "scripts"):
        assert (await anna.get(f"/v1/{key}")).status_code == 403
        assert (await anna.put(f"/v1/{key}", {}, **{"If-Match": "*"})).status_code == 403


async def test_scripts_that_do_not_pass_are_refused_with_every_finding(world: World, sue: Machine) -> None:
    scripts = (await sue.get("/v1/scripts")).json()
    broken = scripts["texts"][1].replace('goto = "verify"', 'goto = "nowhere"')
    refused = await sue.put("/v1/scripts", {"texts": [scripts["texts"][0], broken]}, **{"If-Match": '"1"'})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["type"].endswith("unprocessable")
    assert {"script", "line", "code", "where", "text"} <= set(problem["findings"][0])
    assert {each["script"] for each in problem["findings"]} == {2}
    assert "goto" in {each["code"] for each in problem["findings"]}
    assert (await sue.get("/v1/scripts")).headers["etag"] == '"1"'


async def test_result_codes_are_edited_in_the_policy(world: World, sue: Machine) -> None:
    from domain.canonical import to_plain
    from domain.codes import shipped_table

    policy = (await sue.get("/v1/policy")).json()
    table = to_plain(shipped_table())
    own = {
        "id": "moved_abroad",
        "group": "right_party",
        "key": "m",
        "name": {"en": "moved abroad", "zh": "移居国外"},
        "flags": ["connected", "right_party"],
    }
    table["codes"].append(own)
    written = await sue.put("/v1/policy", policy | {"result_codes": table}, **{"If-Match": '"1"'})
    assert written.status_code == 200
    own["flags"] = ["uncounted"]
    refused = await sue.put("/v1/policy", policy | {"result_codes": table}, **{"If-Match": '"2"'})
    assert refused.status_code == 422
    assert "moved_abroad" in refused.json()["findings"][0]
    table["codes"].pop()
    removed = await sue.put("/v1/policy", policy | {"result_codes": table}, **{"If-Match": '"2"'})
    assert removed.status_code == 422, "results may have been saved with it"
    assert (await sue.put("/v1/policy", policy | {"party": "fourth"}, **{"If-Match": '"2"'})).status_code == 422


async def test_scripts_may_propose_result_codes_of_the_house(world: World, sue: Machine) -> None:
    scripts = (await sue.get("/v1/scripts")).json()
    own = [text.replace('outcome = "refuses"', 'outcome = "wont_pay"') for text in scripts["texts"]]
    assert (await sue.put("/v1/scripts", {"texts": own}, **{"If-Match": '"1"'})).status_code == 422
    from domain.canonical import to_plain
    from domain.codes import shipped_table

    policy = (await sue.get("/v1/policy")).json()
    table = to_plain(shipped_table())
    code = {"id": "wont_pay", "group": "right_party", "key": "w", "name": {"en": "will not", "zh": "不愿还"}}
    table["codes"].append(code)
    assert (await sue.put("/v1/policy", policy | {"result_codes": table}, **{"If-Match": '"1"'})).status_code == 200
    assert (await sue.put("/v1/scripts", {"texts": own}, **{"If-Match": '"1"'})).status_code == 200
