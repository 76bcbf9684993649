"""Rule packs from files: found by name, read as TOML, and checked key by key with errors a supervisor understands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from domain.gate import keys
from domain.gate.pack import (
    Cap,
    CooldownRule,
    Duty,
    HolidayRule,
    Hours,
    Pack,
    Period,
    Retention,
    Status,
    ThirdPartyRule,
    WindowRule,
    Wording,
)
from domain.gate.values import PackError, TableValues
from domain.i18n import tr

if TYPE_CHECKING:
    from domain.policy import HousePack

_PACKS: Final = Path(__file__).parent / "packs"
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DAYS_OF: Final = {
    **{name: (index,) for index, name in enumerate(keys.WEEKDAYS)},
    "mon-fri": (0, 1, 2, 3, 4),
    "sat-sun": (5, 6),
    "every-day": (0, 1, 2, 3, 4, 5, 6),
}


def available_packs() -> tuple[str, ...]:
    """List the names of the packs that come with the program, in order."""
    return tuple(sorted(file.stem for file in _PACKS.glob("*.toml")))


def pack_text(name: str) -> str | None:
    """Give the text of a pack that comes with the program."""
    file = _PACKS / f"{name}.toml"
    return file.read_text(encoding="utf-8") if _NAME.fullmatch(name) and file.is_file() else None


def check_own(own: HousePack) -> Pack:
    """Read a pack of the house's own. Raises ``PackError`` that says what is wrong with its text or its name."""
    if not _NAME.fullmatch(own.name):
        raise PackError(tr("“{name}” is no name of a rule pack: small letters, digits and -.").format(name=own.name))
    return _named(own.name, own.text)


@lru_cache(maxsize=64)
def load_pack(name: str, own: tuple[HousePack, ...] = ()) -> Pack:
    """Load a pack of the house's ``own``, or one that comes with the program; ``a+b`` gives both at once.

    Then the stricter rule holds: a collector in Massachusetts works under ``us-reg-f+us-massachusetts``. Raises
    ``PackError`` when there is none.
    """
    if "+" in name:
        return combine(*(load_pack(part, own) for part in name.split("+")))
    for each in own:
        if each.name == name:
            return check_own(each)
    file = _PACKS / f"{name}.toml"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise PackError(
            tr('There is no rule pack "{name}". Available: {packs}.').format(
                name=name, packs=", ".join(available_packs())
            )
        )
    return _named(name, file.read_text(encoding="utf-8"))


def _named(name: str, text: str) -> Pack:
    pack = parse_pack(text)
    if pack.name != name:
        raise PackError(
            tr('The file of rule pack "{name}" says that it is "{other}".').format(name=name, other=pack.name)
        )
    return pack


def combine(*packs: Pack) -> Pack:
    """Put packs together: a call is allowed only when every rule of every pack allows it."""
    first, *others = packs
    if not others:
        return first
    return replace(
        first,
        name="+".join(pack.name for pack in packs),
        title=Wording(
            " + ".join(pack.title.en for pack in packs), " + ".join(pack.title.zh or pack.title.en for pack in packs)
        ),
        status="verified" if all(pack.status == "verified" for pack in packs) else "unverified",
        checked=min(pack.checked for pack in packs),
        effective_seconds=min((pack.effective_seconds for pack in packs if pack.effective_seconds), default=0),
        windows=tuple(rule for pack in packs for rule in pack.windows),
        caps=tuple(rule for pack in packs for rule in pack.caps),
        cooldowns=tuple(rule for pack in packs for rule in pack.cooldowns),
        third_parties=tuple(rule for pack in packs for rule in pack.third_parties),
        duties=tuple(duty for pack in packs for duty in pack.duties),
        retentions=tuple(each for pack in packs for each in pack.retentions),
    )


def parse_pack(text: str) -> Pack:
    """Read a pack from TOML. Raises ``PackError`` that names the section, the key and what it should be."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(tr("The rule pack is not valid TOML: {reason}.").format(reason=error)) from error
    where = tr("rule pack {name}").format(name=table.get("name") or "?")
    values = TableValues(where, keys.PACK, table)
    pack_status = cast("Status", values.text("status"))
    pack = Pack(
        name=values.text("name"),
        title=values.wording("title"),
        status=pack_status,
        checked=values.day("checked"),
        country=values.text_or_none("country"),
        note=values.wording("note") if "note" in table else None,
        effective_seconds=values.count_or("effective_seconds", 0),
        windows=tuple(_window(each, pack_status) for each in values.sections("window")),
        caps=tuple(_cap(each, pack_status) for each in values.sections("cap")),
        cooldowns=tuple(_cooldown(each, pack_status) for each in values.sections("cooldown")),
        third_parties=tuple(_third_party(each, pack_status) for each in values.sections("third_party")),
        duties=tuple(_duty(each) for each in values.sections("duty")),
        retentions=tuple(_retention(each) for each in values.sections("retention")),
    )
    _check_whole(pack, where)
    return pack


def _about(values: TableValues, pack_status: Status) -> dict[str, Any]:
    """Read what every rule says about itself."""
    starts, ends = values.day_or_none("from"), values.day_or_none("until")
    if starts is not None and ends is not None and ends < starts:
        raise values.error(tr('"until" lies before "from"'))
    return {
        "id": values.text("id"),
        "rule": values.wording("rule"),
        "source": values.text("source"),
        "status": values.text_or("status", pack_status),
        "severity": values.text_or("severity", "block"),
        "starts": starts,
        "ends": ends,
        "unless_agreed": values.flag("unless_agreed"),
        "agreed_days": values.count_or_none("agreed_days"),
    }


def _window(values: TableValues, pack_status: Status) -> WindowRule:
    week: list[Hours] = [()] * 7
    # "every-day" first, then ranges, then single days: the narrower name wins
    for name, texts in sorted(values.table["hours"].items(), key=lambda item: -len(_DAYS_OF[item[0]])):
        for weekday in _DAYS_OF[name]:
            week[weekday] = values.hours(texts)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = week
    extra: dict[str, Any] = {}
    if "channels" in values.table:
        extra["channels"] = values.texts_or("channels", ())
    return WindowRule(
        **_about(values, pack_status),
        **extra,
        week=(monday, tuesday, wednesday, thursday, friday, saturday, sunday),
        places=cast("Any", values.texts_or("places", ())),
        holiday=_holiday(values) if "holiday" in values.table else None,
    )


def _holiday(window: TableValues) -> HolidayRule:
    values = TableValues(
        tr("{where}, {section}").format(where=window.where, section="holiday"), keys.HOLIDAY, window.table["holiday"]
    )
    policy = values.text("policy")
    if (policy == "shorter") != ("hours" in values.table):
        raise values.error(tr('"hours" belongs to policy "shorter", and that policy needs it'))
    makeup = values.text_or_none("makeup_as")
    return HolidayRule(
        policy=cast("Any", policy),
        calendar=values.text("calendar"),
        rule=values.wording("rule"),
        source=values.text("source"),
        hours=values.hours(values.table.get("hours", [])),
        makeup_as=None if makeup is None else keys.WEEKDAYS.index(makeup),
    )


def _cap(values: TableValues, pack_status: Status) -> Cap:
    period = values.text("period")
    rolling = period.endswith(" days")
    unit = values.text("unit")
    of_calls = unit in ("attempt", "connected", "conversation", "effective")
    return Cap(
        **_about(values, pack_status),
        most=values.count_or("most", 0),
        unit=cast("Any", unit),
        scope=cast("Any", values.text("scope")),
        period=cast("Period", "rolling" if rolling else period),
        days=int(period.split()[0]) if rolling else 0,
        channels=cast(
            "Any", values.texts_or("channels", ("call",) if of_calls else ("call", "sms", "email", "letter"))
        ),
        places=cast("Any", values.texts_or("places", ())),
        per_person=values.flag("per_person"),
        exclude=values.texts_or("exclude", ()),
    )


def _cooldown(values: TableValues, pack_status: Status) -> CooldownRule:
    after = values.text("after")
    days = values.count_or_none("days")
    if after == "conversation" and not days:
        raise values.error(tr('quiet after a conversation needs "days"'))
    return CooldownRule(
        **_about(values, pack_status),
        after=cast("Any", after),
        days=days,
        scope=cast("Any", values.text_or("scope", "debtor")),
        per_person=values.flag("per_person"),
        exclude=values.texts_or("exclude", ()),
    )


def _third_party(values: TableValues, pack_status: Status) -> ThirdPartyRule:
    return ThirdPartyRule(
        **_about(values, pack_status),
        persons=cast("Any", values.texts_or("persons", ("debtor", "guarantor"))),
        others=cast("Any", values.text("others")),
        with_permission=values.flag("with_permission", default=True),
        most=values.count_or_none("most"),
    )


def _duty(values: TableValues) -> Duty:
    return Duty(values.text("id"), cast("Any", values.text("occasion")), values.wording("text"), values.text("source"))


def _retention(values: TableValues) -> Retention:
    return Retention(values.text("what"), values.count_or("years", 0), values.text("source"))


def _check_whole(pack: Pack, where: str) -> None:
    """Check what no single key can say."""
    wrong = TableValues(where, {}, {})
    if not _NAME.fullmatch(pack.name):
        raise wrong.error(tr('"name" must be lower-case words joined by hyphens'))
    rules = (*pack.windows, *pack.caps, *pack.cooldowns, *pack.third_parties)
    names = [rule.id for rule in rules] + [duty.id for duty in pack.duties]
    for name in names:
        if names.count(name) > 1:
            raise wrong.error(tr('two rules have the id "{id}"').format(id=name))
    if not any("call" in rule.channels and not rule.places for rule in pack.windows):
        raise wrong.error(tr("no window says when calls are allowed"))
    if pack.status == "verified" and any(rule.status != "verified" for rule in rules):
        raise wrong.error(tr("the pack is verified, but one of its rules is not"))
