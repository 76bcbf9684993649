"""The keys a script file may have, what their values look like, and what they mean.

Reading, the published JSON schema and the check of the documentation are all made from this table.
"""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from domain.records import dataclass
from domain.scripts.model import ACTIONS, KINDS, RUNGS, SCRIPT_LANGUAGES, Party, Segment

Shape = Literal["text", "version", "words", "choice", "texts", "key", "section"]

NAME_PATTERN: Final = r"[a-z][a-z0-9_-]{0,39}"
KEY_PATTERN: Final = r"[1-9]"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the ``shape`` of its value, whether it must be there, and its ``meaning`` for the documentation."""

    shape: Shape
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()


SCRIPT: Final[dict[str, Key]] = {
    "name": Key("text", "the script's name, unique in the house", required=True),
    "version": Key(
        "version", "what people call this version; the hash of the text tells versions apart", required=True
    ),
    "title": Key("words", "what the screen calls it", required=True),
    "segment": Key("choice", "whose debts it is for", required=True, choices=get_args(Segment)),
    "party": Key(
        "choice", "first: the creditor calls; third: somebody collects for it", required=True, choices=get_args(Party)
    ),
    "stage": Key("section", "the steps of the conversation; the first one opens it", required=True),
    "card": Key("section", "what to say to an objection", required=True),
}

ANSWER: Final[dict[str, Key]] = {
    "key": Key("key", "the number key, 1 to 9", required=True),
    "text": Key("words", "what the customer says, in short", required=True),
    "goto": Key("text", "the stage it leads to"),
    "action": Key("choice", "what it starts on the call screen", choices=ACTIONS),
    "outcome": Key("text", "the result code it proposes for the wrap-up"),
    "factors": Key("texts", "with action identity: which details were compared"),
}

STAGE: Final[dict[str, Key]] = {
    "id": Key("text", "stable name of the stage, unique in the file", required=True),
    "kind": Key("choice", "what the stage is for", required=True, choices=KINDS),
    "rung": Key("choice", "which step of the negotiation is offered here", choices=RUNGS),
    "lead": Key("words", "spoken first, unless the rule pack has a text for this occasion"),
    "say": Key("words", "what the agent says", required=True),
    "hint": Key("words", "for the agent, never read out"),
    "answer": Key("section", "the numbered answers", required=True),
}

CARD: Final[dict[str, Key]] = {
    "id": Key("text", "which objection it answers", required=True),
    "title": Key("words", "the objection in the customer's words", required=True),
    "say": Key("words", "what the agent says", required=True),
    "before": Key("words", "said instead while the customer is not identified; without it the card stays closed"),
    "hint": Key("words", "for the agent, never read out"),
    "answer": Key("section", "numbered answers that lead on; Esc goes back to where the call was"),
}

SECTIONS: Final[dict[str, dict[str, Key]]] = {"stage": STAGE, "card": CARD, "answer": ANSWER}


def json_schema() -> dict[str, Any]:
    """Describe a script as JSON Schema 2020-12, for editors that check TOML or JSON against one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Call script",
        **_object(SCRIPT),
    }


def _object(keys: dict[str, Key]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema_of(name, key) for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.required],
        "additionalProperties": False,
    }


def _schema_of(name: str, key: Key) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    shapes: dict[Shape, dict[str, Any]] = {
        "text": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
        "version": text,
        "words": {
            "type": "object",
            "properties": dict.fromkeys(SCRIPT_LANGUAGES, text),
            "required": list(SCRIPT_LANGUAGES),
            "additionalProperties": False,
        },
        "choice": {"enum": list(key.choices)},
        "texts": {"type": "array", "items": text, "minItems": 1},
        "key": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
        "section": {},
    }
    if key.shape == "section":
        return {
            "type": "array",
            "items": _object(SECTIONS[name]),
            "minItems": 1,
            "description": key.meaning,
        }
    return {**shapes[key.shape], "description": key.meaning}
