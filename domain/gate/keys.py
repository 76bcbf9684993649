"""The keys a rule-pack file may have, what their values look like, and what they mean.

Reading, the published JSON schema and the check of the documentation are all made from this table.
"""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from domain.gate.pack import CooldownReason, HolidayPolicy, Occasion, OtherPersons, Scope, Severity, Status, Unit
from domain.gate.request import Channel, Person, Place
from domain.records import dataclass

Shape = Literal[
    "text", "wording", "flag", "count", "date", "choice", "choices", "texts", "week", "hours", "period", "section"
]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES: Final = (*WEEKDAYS, "mon-fri", "sat-sun", "every-day")
HOURS_PATTERN: Final = r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)"
PERIOD_PATTERN: Final = r"day|week|month|[1-9]\d{0,2} days"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the ``shape`` of its value, whether it must be there, and its ``meaning`` for the documentation."""

    shape: Shape
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()


_RULE: Final[dict[str, Key]] = {
    "id": Key("text", "stable name of the rule, unique in the file", required=True),
    "rule": Key("wording", "the rule in words, as the agent reads it", required=True),
    "source": Key("text", "the law or policy, cited", required=True),
    "status": Key("choice", "verified or unverified; the pack's when absent", choices=get_args(Status)),
    "severity": Key("choice", "block, warn (may be overridden with a reason) or info", choices=get_args(Severity)),
    "from": Key("date", "first day in force, local"),
    "until": Key("date", "last day in force, local"),
    "unless_agreed": Key("flag", "does not hold at a time the debtor agreed to"),
    "agreed_days": Key("count", "how many days such an agreement lasts, its own day being the first"),
}

PACK: Final[dict[str, Key]] = {
    "name": Key("text", "the pack's name, also the name of its file", required=True),
    "title": Key("wording", "what the pack is called on the screen", required=True),
    "status": Key(
        "choice", "verified only when every rule was read in its source", required=True, choices=get_args(Status)
    ),
    "checked": Key("date", "day the rules were last compared with their sources", required=True),
    "country": Key("text", "ISO 3166 country or subdivision the pack is for"),
    "note": Key("wording", "what a supervisor should know about the pack"),
    "effective_seconds": Key("count", "how long a verified call lasts at least to be effective"),
    "window": Key("section", "when contact is allowed", required=True),
    "cap": Key("section", "how often"),
    "cooldown": Key("section", "quiet after something happened"),
    "third_party": Key("section", "whom one may call besides the debtor"),
    "duty": Key("section", "what must be said"),
    "retention": Key("section", "how long records are kept"),
}

SECTIONS: Final[dict[str, dict[str, Key]]] = {
    "window": {
        **_RULE,
        "hours": Key("week", "windows by weekday, local time; a day not named has none", required=True),
        "channels": Key("choices", "channels the rule is about: call, sms, email", choices=get_args(Channel)),
        "places": Key("choices", "only numbers at these places", choices=get_args(Place)),
        "holiday": Key("section", "what public holidays change"),
    },
    "cap": {
        **_RULE,
        "most": Key("count", "how many are allowed", required=True),
        "unit": Key("choice", "what is counted", required=True, choices=get_args(Unit)),
        "scope": Key("choice", "about what it is counted", required=True, choices=get_args(Scope)),
        "period": Key("period", 'day, week (from Monday), month, or "7 days" for a rolling window', required=True),
        "channels": Key("choices", "channels counted and limited", choices=get_args(Channel)),
        "places": Key("choices", "only numbers at these places", choices=get_args(Place)),
        "per_person": Key("flag", "count each person apart"),
        "exclude": Key("texts", "exclusions of contacts that are not counted"),
    },
    "cooldown": {
        **_RULE,
        "after": Key("choice", "what the quiet follows", required=True, choices=get_args(CooldownReason)),
        "days": Key("count", "calendar days, the day itself being the first; absent = until resolved"),
        "scope": Key("choice", "about what", choices=get_args(Scope)),
        "per_person": Key("flag", "for each person apart"),
        "exclude": Key("texts", "exclusions of conversations that do not count"),
    },
    "third_party": {
        **{name: key for name, key in _RULE.items() if "agreed" not in name},
        "persons": Key("choices", "who may always be called", choices=get_args(Person)),
        "others": Key("choice", "whether others may", required=True, choices=get_args(OtherPersons)),
        "with_permission": Key("flag", "somebody the debtor or a court authorised may be called"),
        "most": Key("count", "how often another person may be reached at all"),
    },
    "duty": {
        "id": Key("text", "stable name", required=True),
        "occasion": Key("choice", "when it is said", required=True, choices=get_args(Occasion)),
        "text": Key("wording", "what is said; {agent}, {creditor} and {phone} are filled in", required=True),
        "source": Key("text", "the law or policy, cited", required=True),
    },
    "retention": {
        "what": Key("text", "what is kept", required=True),
        "years": Key("count", "for at least how many years", required=True),
        "source": Key("text", "the law or policy, cited", required=True),
    },
}

HOLIDAY: Final[dict[str, Key]] = {
    "policy": Key("choice", "normal, shorter, none or warn", required=True, choices=get_args(HolidayPolicy)),
    "calendar": Key("text", "ISO 3166 country whose holidays count, or debtor", required=True),
    "rule": Key("wording", "the rule in words", required=True),
    "source": Key("text", "the law or policy, cited", required=True),
    "hours": Key("hours", "the shorter hours"),
    "makeup_as": Key("choice", "weekday whose hours hold on a make-up workday", choices=WEEKDAYS),
}


def json_schema() -> dict[str, Any]:
    """Describe a pack as JSON Schema 2020-12, for editors that check TOML or JSON against one."""
    properties = {name: _schema_of(key) for name, key in PACK.items()}
    for section, keys in SECTIONS.items():
        properties[section] = {"type": "array", "items": _object(keys), "description": PACK[section].meaning}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule pack",
        **_object(PACK),
        "properties": properties,
    }


def _object(keys: dict[str, Key]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _object(HOLIDAY) if name == "holiday" else _schema_of(key) for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.required],
        "additionalProperties": False,
    }


def _schema_of(key: Key) -> dict[str, Any]:
    hours: dict[str, Any] = {"type": "array", "items": {"type": "string", "pattern": f"^{HOURS_PATTERN}$"}}
    shapes: dict[Shape, dict[str, Any]] = {
        "text": {"type": "string", "minLength": 1},
        "wording": {
            "type": "object",
            "properties": {"en": {"type": "string", "minLength": 1}, "zh": {"type": "string", "minLength": 1}},
            "required": ["en"],
            "additionalProperties": False,
        },
        "flag": {"type": "boolean"},
        "count": {"type": "integer", "minimum": 0},
        "date": {"type": "string", "format": "date"},
        "choice": {"enum": list(key.choices)},
        "choices": {"type": "array", "items": {"enum": list(key.choices)}},
        "texts": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "week": {"type": "object", "properties": dict.fromkeys(DAY_NAMES, hours), "additionalProperties": False},
        "hours": hours,
        "period": {"type": "string", "pattern": f"^({PERIOD_PATTERN})$"},
        "section": {"type": "object"},
    }
    return {**shapes[key.shape], "description": key.meaning}
