"""Scripts as text files: read, checked, chosen."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from domain.canonical import digest
from domain.codes import catalogue
from domain.scripts.model import ACTIONS, Answer, Script, Stage
from domain.scripts.values import VARIABLES, variables_in

FOLDER: Final = Path(__file__).parent / "texts"


class ScriptError(ValueError):
    """A script cannot be used; the message names the stage and what is wrong."""


def parse_script(text: str) -> Script:
    """Read a script and walk every branch.

    Raises :class:`ScriptError` for a missing key, an unknown variable, action, code or stage, a key used twice, a stage
    nobody can reach, and a stage without a way on.
    """
    try:
        raw = tomllib.loads(text)
        stages = tuple(_stage(each) for each in raw["stage"])
        script = Script(raw["id"], raw["language"], raw["segment"], raw["version"], stages, digest(text.encode()))
    except tomllib.TOMLDecodeError as error:
        raise ScriptError(f"not a script file: {error}") from None
    except KeyError as error:
        raise ScriptError(f"missing key {error}") from None
    _check(script)
    return script


def _stage(raw: Mapping[str, Any]) -> Stage:
    answers = tuple(
        Answer(each["key"], each["text"], each.get("goto"), each.get("action")) for each in raw.get("answer", ())
    )
    return Stage(raw["id"], raw["title"], raw["say"].strip(), answers, raw.get("hint"))


def _check(script: Script) -> None:
    if not script.stages:
        raise ScriptError("a script needs a stage")
    names = {stage.id for stage in script.stages}
    for stage in script.stages:
        try:
            unknown = variables_in(stage.say) - VARIABLES
        except ValueError as error:
            raise ScriptError(f"stage {stage.id}: {error}") from None
        if unknown:
            raise ScriptError(f"stage {stage.id}: unknown variables {', '.join(sorted(unknown))}")
        if not stage.answers:
            raise ScriptError(f"stage {stage.id}: no answer leads on")
        keys = [answer.key for answer in stage.answers]
        if len(set(keys)) != len(keys):
            raise ScriptError(f"stage {stage.id}: a key is used twice")
        for answer in stage.answers:
            _check_answer(stage, answer, names)
    _check_reach(script)


def _check_answer(stage: Stage, answer: Answer, names: set[str]) -> None:
    if answer.goto is None and answer.action is None:
        raise ScriptError(f"stage {stage.id}, answer {answer.key}: leads nowhere")
    if answer.goto is not None and answer.goto not in names:
        raise ScriptError(f"stage {stage.id}, answer {answer.key}: no stage {answer.goto}")
    if answer.action is not None and answer.action not in ACTIONS:
        kind, _, code = answer.action.partition(":")
        if kind != "outcome" or catalogue().get(code) is None:
            raise ScriptError(f"stage {stage.id}, answer {answer.key}: no action {answer.action}")


def _check_reach(script: Script) -> None:
    reached, waiting = set[str](), [script.stages[0].id]
    while waiting:
        stage_id = waiting.pop()
        if stage_id not in reached:
            reached.add(stage_id)
            waiting += [answer.goto for answer in script.stage(stage_id).answers if answer.goto]
    lost = [stage.id for stage in script.stages if stage.id not in reached]
    if lost:
        raise ScriptError(f"nobody can reach {', '.join(lost)}")


@functools.cache
def shipped_scripts() -> tuple[Script, ...]:
    """Give the scripts that come with the product."""
    return tuple(parse_script(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml")))


def shipped() -> dict[str, Any]:
    """Give the document ``scripts`` of a new server: the text of every shipped script."""
    return {"version": 1, "texts": [path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))]}


def choose(scripts: Iterable[Script], segment: str, language: str) -> Script | None:
    """Choose the script for a segment in the customer's language; the language counts for more than the segment."""
    ranked = sorted(scripts, key=lambda script: (script.language != language, script.segment != segment, script.id))
    return ranked[0] if ranked else None
