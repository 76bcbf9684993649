"""What a company has decided: leases, packs, promise limits, goals. Edited by supervisors, carried to every agent."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from domain.codes import Catalogue, CodeTable, catalogue_of
from domain.promises.types import PromiseType
from domain.records import dataclass
from domain.strategy import QueueStrategy


@dataclass(frozen=True, slots=True)
class PackRule:
    """Which rule pack holds for which cases; absent ``segment`` or ``region`` matches every one. The first match holds.

    ``party`` says whether such cases are the creditor's own (``"first"``) or collected for it (``"third"``); the policy's
    when absent.
    """

    pack: str
    segment: str | None = None
    region: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class HousePack:
    """A rule pack of the house's own, as the text it is edited as (TOML). One named like a shipped one takes its place."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AgeOut:
    """The rule against hoarding: cases nobody has worked for ``days`` days leave their owner at night.

    They go ``to`` the ``"pool"``, or evenly to the others of the team (``"even"``).
    """

    days: int
    to: str = "pool"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of the house.

    ``lease_s`` is how long a device may call without hearing from the server (seconds). ``retry_hours`` pass between two
    tries without contact, ``follow_up_days`` after a conversation without promise. ``daily_goal`` is calls a day, also
    the cut-off of the queue. ``effective_seconds`` is how long a verified conversation
    must last to be effective. With ``own_goal`` agents may set a goal of their own, which is only shown.
    ``creditor``, ``agency`` and ``callback_number`` are what scripts say; ``party`` is
    ``"third"`` for a company that collects for others, and ``agency`` then its name. ``result_codes`` replaces the
    shipped table of result codes. ``age_out`` is absent where cases stay with their owners however long;
    ``queue`` weighs what orders them. Nobody calls before ``calls_from``: the server was restored from a backup, and devices
    it no longer knows of may call until then. ``rule_packs`` are the house's own.
    """

    version: int = 1
    lease_s: int = 4 * 3600
    packs: tuple[PackRule, ...] = (
        PackRule("cn-consumer-credit", "consumer", "CN"),
        PackRule("us-reg-f", "consumer", "US"),
        PackRule("au-guideline", "consumer", "AU"),
        PackRule("in-rbi", "consumer", "IN"),
        PackRule("th-debt-collection", "consumer", "TH"),
        PackRule("kr-personal-debtor", "consumer", "KR"),
        PackRule("vn-consumer-lending", "consumer", "VN"),
        PackRule("business-default", "business"),
        PackRule("us-reg-f"),
    )
    promise: PromiseType = field(default_factory=PromiseType)
    daily_goal: int = 60
    own_goal: bool = True
    retry_hours: int = 4
    follow_up_days: int = 3
    reminder_days: int = 1
    abandoned_minutes: int = 60
    effective_seconds: int = 0
    creditor: str = "Harbour Finance"
    callback_number: str = ""
    agency: str = ""
    party: str = "first"
    result_codes: CodeTable | None = None
    age_out: AgeOut | None = None
    queue: QueueStrategy = field(default_factory=QueueStrategy)
    calls_from: datetime | None = None
    rule_packs: tuple[HousePack, ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        """The result codes of the house; the shipped ones where it has none of its own."""
        return catalogue_of(self.result_codes)

    def rule_for(self, segment: str, region: str | None) -> PackRule:
        """Give the first rule that matches a case; one with the strictest shipped pack where nothing does."""
        for rule in self.packs:
            if rule.segment in (None, segment) and rule.region in (None, region):
                return rule
        return PackRule("us-reg-f")

    def pack_for(self, segment: str, region: str | None) -> str:
        """Name the rule pack for a case."""
        return self.rule_for(segment, region).pack


def default_policy() -> Policy:
    """Give what a new server starts with."""
    return Policy()
