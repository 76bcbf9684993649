"""The dial gate and its rule packs: may this customer be called now, by which rule, and if not, from when."""

from domain.gate.answer import Answer, Code, Kind, Note, answer_to_json
from domain.gate.counting import quiet_until
from domain.gate.gate import CapUse, cap_use, caps_reached, is_quiet, may_call, refused_by
from domain.gate.holidays import HolidayCalendar, NoHolidays, PublicHolidays
from domain.gate.loading import available_packs, check_own, combine, load_pack, pack_text, parse_pack
from domain.gate.pack import Cap, CooldownRule, Duty, Pack, Retention, ThirdPartyRule, WindowRule, Wording
from domain.gate.request import (
    AgreedTime,
    CallRequest,
    Channel,
    Contact,
    Cooldown,
    Person,
    Place,
    RefusedTime,
    Stop,
    StopKind,
)
from domain.gate.values import PackError

__all__ = [
    "AgreedTime",
    "Answer",
    "CallRequest",
    "Cap",
    "CapUse",
    "Channel",
    "Code",
    "Contact",
    "Cooldown",
    "CooldownRule",
    "Duty",
    "HolidayCalendar",
    "Kind",
    "NoHolidays",
    "Note",
    "Pack",
    "PackError",
    "Person",
    "Place",
    "PublicHolidays",
    "RefusedTime",
    "Retention",
    "Stop",
    "StopKind",
    "ThirdPartyRule",
    "WindowRule",
    "Wording",
    "answer_to_json",
    "available_packs",
    "cap_use",
    "caps_reached",
    "check_own",
    "combine",
    "is_quiet",
    "load_pack",
    "may_call",
    "pack_text",
    "parse_pack",
    "quiet_until",
    "refused_by",
]
