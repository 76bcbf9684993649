"""What must hold at every instant: checked whenever everything that was due has been done and before time passes."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.case.gating import over_at
from domain.clock import parse_instant
from tests.simulation.central import LEASE_S, Central, Request, Response, customer
from tests.simulation.laptop import Laptop
from tests.simulation.network import Line
from tests.simulation.record import Violation
from tests.simulation.virtual import VirtualLoop

TICK = timedelta(milliseconds=1)
AFTERMATH = timedelta(seconds=LEASE_S + 60)
"""How long after a forced move two may call."""


@dataclass(slots=True)
class Right:
    """One machine may call one customer from ``start`` to ``end``, if nothing changes."""

    start: datetime
    end: datetime


@dataclass(slots=True)
class Notes:
    """What was seen of one laptop when it was last looked at."""

    boots: int = 0
    versions: dict[str, tuple[str, int]] = field(default_factory=dict)
    owned_as_of: dict[str, int] = field(default_factory=dict)
    rights: dict[str, Right] = field(default_factory=dict)
    contact: object = None
    heard: datetime | None = None
    heard_at: datetime | None = None
    promised: dict[str, frozenset[str]] = field(default_factory=dict)
    newest: dict[str, tuple[str, dict[str, int]]] = field(default_factory=dict)
    told: list[frozenset[str]] = field(default_factory=list)
    """Of each page that arrived since: what was assigned when it was answered."""
    cursor: str | None = None
    offered: set[str] = field(default_factory=set)
    """The cases of pages that have arrived since a page was last stored: what a full disk refused may be in the log."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the feed on its way.

    ``mine`` was assigned when it was answered; at its ``cursor`` nothing else may be there if it was ``complete``. A
    page that reaches the head says which versions are the ``newest``.
    """

    response: Response
    laptop: Laptop
    cursor: str
    complete: bool
    mine: frozenset[str]
    shown: set[str]
    epoch: str
    newest: dict[str, int]


class Watch:
    """Looks at every laptop after every change. Raises :class:`Violation`; the number is the contract's invariant."""

    def __init__(self, loop: VirtualLoop, central: Central, laptops: list[Laptop]) -> None:
        self.loop = loop
        self.central = central
        self.laptops = laptops
        self.agents: dict[str, str] = {}
        self.notes: defaultdict[str, Notes] = defaultdict(Notes)
        self.calls: defaultdict[str, list[tuple[str, Right]]] = defaultdict(list)
        self.excused: dict[str, datetime] = {}
        self._moves: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._owners: dict[str, str | None] = {}
        self._newest: dict[str, int] = {}
        self._pages: dict[int, _Page] = {}
        self.looks = 0
        self.silent = False
        """Whether a server was restored without a new history: then only what laptops keep can be judged."""

    # --- the server's side -------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Take note of who owns what."""
        self.agents = {login: person.id for login, person in self.central.people().items()}
        self.owners_changed()

    def owners_changed(self) -> None:
        """Count, for every case, how often it came and went."""
        rows = self.central.rows(
            "SELECT id, CASE WHEN closed IS NULL THEN owner_id END, ver FROM case_file ORDER BY id"
        )
        owners = {case_id: owner for case_id, owner, _ver in rows}
        self._newest = {f"case:{case_id}": ver for case_id, _owner, ver in rows}
        for case_id, owner in owners.items():
            before = self._owners.get(case_id)
            if before != owner and before is not None:
                self._moves[before, case_id] += 1
        self._owners = owners

    def assigned(self, agent: str) -> frozenset[str]:
        """Name the cases an agent has to have, by document key."""
        return frozenset(f"case:{case_id}" for case_id, owner in self._owners.items() if owner == agent)

    def excuse(self, case_id: str) -> None:
        """Note that a supervisor forced a move: from now on, for a lease, two may call."""
        self.excused[case_id] = self.loop.instant() + AFTERMATH

    def answered(self, line: Line, request: Request, response: Response) -> None:
        """Look at an answer of the server: nobody is shown a case of somebody else's."""
        self.owners_changed()
        if request.path != "/v1/changes" or response.status != 200:
            return
        laptop = next(laptop for laptop in self.laptops if laptop.line is line)
        mine = self.assigned(self.agents[laptop.login_name])
        page = json.loads(response.body)
        shown = {entry["key"] for entry in page["entries"] if entry["op"] == "put" and entry["key"].startswith("case:")}
        if not shown <= mine:
            raise Violation(f"14: {laptop.name} was shown {sorted(shown - mine)}")
        complete = "cursor" in request.query and not page["reset"]
        newest = {} if page["more"] else {key: self._newest[key] for key in sorted(mine)}
        self._pages[id(response)] = _Page(
            response, laptop, page["cursor"], complete, mine, shown, page["epoch"], newest
        )

    def delivered(self, response: Response) -> None:
        """Note what a page that reached its laptop has to leave there.

        Not when it was answered: a request that was repeated is answered twice, both pages may end at one cursor, and
        only what the one that arrived revokes can be gone.
        """
        page = self._pages.pop(id(response), None)
        if page is not None:
            notes = self.notes[page.laptop.name]
            notes.told.append(page.mine)
            notes.offered |= page.shown
            notes.newest[page.cursor] = (page.epoch, page.newest)
            if page.complete:
                notes.promised[page.cursor] = page.mine

    def set_back(self, laptop: Laptop) -> None:
        """Forget what was seen of a machine whose disk is replaced by an older copy: it begins from there."""
        notes = self.notes[laptop.name]
        notes.versions, notes.owned_as_of = {}, {}

    # --- the laptops' side -------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look at whatever has changed."""
        for laptop in self.laptops:
            notes = self.notes[laptop.name]
            contact = laptop.replica.memory.contact if laptop.is_on() else None
            if laptop.changed or contact is not notes.contact or laptop.boots != notes.boots:
                laptop.changed = False
                self.looks += 1
                self._end_rights(laptop, notes)
                notes.contact = contact
                if laptop.is_on():
                    self._look_at(laptop, notes)
                notes.boots = laptop.boots

    def finish(self) -> None:
        """Look at everything once more, rights that still stand included."""
        for laptop in self.laptops:
            laptop.changed = True
        self.look()

    def _look_at(self, laptop: Laptop, notes: Notes) -> None:
        self._unsent_is_kept(laptop)
        self._versions_grow(laptop, notes)
        self._nothing_was_passed_over(laptop, notes)
        self._revoked_is_gone(laptop, notes)
        self._begin_rights(laptop, notes)

    @staticmethod
    def _unsent_is_kept(laptop: Laptop) -> None:
        rows = {}
        for _key, body in laptop.store_rows("outbox"):
            row = json.loads(body)
            rows[row["id"]] = row["text"]
        if laptop.driver.status.unsent != len(rows):
            raise Violation(f"15: {laptop.name} says {laptop.driver.status.unsent} unsent, {len(rows)} are")
        sent: dict[str, str | None] | None = None
        for fact in laptop.saved.values():
            if fact.id in rows:
                if rows[fact.id] != fact.text:
                    raise Violation(f"5: {laptop.name} altered a {fact.type}")
                continue
            if sent is None:
                sent = {}
                for _key, body in laptop.store_rows("sent"):
                    row = json.loads(body)
                    sent[row["id"]] = row.get("text")
            if fact.id in laptop.lost_with_a_disk:
                continue
            if fact.id not in sent or sent[fact.id] not in (None, fact.text):
                raise Violation(f"1, 5: {laptop.name} has lost a {fact.type} it called saved")

    def _versions_grow(self, laptop: Laptop, notes: Notes) -> None:
        now = {key: (version.epoch, version.ver) for key, version in laptop.replica.cases.versions.items()}
        agent = self.agents[laptop.login_name]
        mine = self.assigned(agent)
        for key, (epoch, ver) in notes.versions.items():
            if key in now and now[key][0] == epoch and now[key][1] < ver:
                raise Violation(f"8: {key} went back from {ver} to {now[key][1]} on {laptop.name}")
        for key, moves in notes.owned_as_of.items():
            stayed = key in mine and self._moves[agent, key[5:]] == moves
            # a page that was on its way while the case went and came back says truly that it had gone
            if not self.silent and key not in now and stayed and all(key in told for told in notes.told):
                raise Violation(f"8: {key} went from {laptop.name} although it stayed assigned")
        notes.told.clear()
        notes.versions = now
        notes.owned_as_of = {
            key: notes.owned_as_of.get(key, self._moves[agent, key[5:]]) if key in mine else -1
            for key in now
            if key.startswith("case:")
        }
        for key in mine & now.keys():
            notes.owned_as_of[key] = self._moves[agent, key[5:]]

    def _nothing_was_passed_over(self, laptop: Laptop, notes: Notes) -> None:
        """Whoever has stored the page that reached the head has what was the newest version of everything then."""
        epoch, newest = notes.newest.get(laptop.replica.memory.position.cursor or "", ("", {}))
        versions = laptop.replica.cases.versions
        for key, ver in newest.items():
            here = versions.get(key)
            if not self.silent and (here is None or (here.epoch == epoch and here.ver < ver)):
                raise Violation(f"6, 7: {laptop.name} was passed over for version {ver} of {key}")

    def _revoked_is_gone(self, laptop: Laptop, notes: Notes) -> None:
        position = laptop.replica.memory.position
        kept = notes.promised.get(position.cursor or "")
        here = {key for key in laptop.replica.cases.versions if key.startswith("case:")}
        if kept is not None and not (self.silent or position.sweeping or here <= kept):
            raise Violation(f"the first page did not revoke {sorted(here - kept)} on {laptop.name}")
        if position.cursor != notes.cursor:
            notes.cursor = position.cursor
            notes.offered.clear()
        if position.scrub_due:
            return
        unsent = [json.loads(body) for _key, body in laptop.store_rows("outbox")]
        waiting = {row["id"] for row in unsent}
        gone = {key[5:] for key in notes.owned_as_of} | {fact.case_id for fact in laptop.saved.values()}
        gone -= {key[5:] for key in here | notes.offered}
        words = [word for case_id in gone - {row["case_id"] for row in unsent} for word in customer(case_id)]
        words += [
            fact.words
            for fact in laptop.saved.values()
            if fact.words is not None and fact.case_id in gone and fact.id not in waiting
        ]
        for name, file in laptop.drive.files.items():
            for word in words:
                if word.encode() in file.seen:
                    raise Violation(f"10: {name} of {laptop.name} still holds {word!r}")

    # --- who may call ------------------------------------------------------------------------------------------

    def _begin_rights(self, laptop: Laptop, notes: Notes) -> None:
        notes.rights = {}
        now = self.loop.instant()
        contact = laptop.replica.memory.contact
        ends = contact.lease_until
        if contact.last_contact != notes.heard:
            notes.heard, notes.heard_at = contact.last_contact, now
        if laptop.is_clone or self.silent or self._cannot_know(laptop, notes):
            return
        if ends is None or not contact.lease_holds(laptop.now()):
            return
        ahead = laptop.ahead_by()
        believed = laptop.replica.ahead()
        policy = laptop.replica.cases.policy()
        from_then_on = policy.body.get("calls_from") if policy is not None else None
        if contact.lease_holds(ends + TICK):
            ends += timedelta(days=1)  # whoever asks is told that it still holds
        for case_id in laptop.replica.cases.ids():
            hold = _hold(laptop, case_id)
            if from_then_on is not None:
                hold = max(hold or parse_instant(from_then_on), parse_instant(from_then_on))
            start = now if hold is None else max(now, over_at(hold, believed) - ahead)
            if start < ends - ahead:
                notes.rights[case_id] = Right(start, ends - ahead)

    @staticmethod
    def _cannot_know(laptop: Laptop, notes: Notes) -> bool:
        """Tell whether its clock was set back, the program started anew since, and no server has been heard."""
        if laptop.set_back_at is None or notes.heard_at is None:
            return False
        boots, at = laptop.set_back_at
        return laptop.boots > boots and notes.heard_at <= at

    def _end_rights(self, laptop: Laptop, notes: Notes) -> None:
        """What stood until now has happened: nobody else may have been able to call meanwhile."""
        now = self.loop.instant()
        agent = self.agents[laptop.login_name]
        for case_id, right in notes.rights.items():
            past = Right(right.start, min(right.end, now))
            if past.start + TICK >= past.end:
                continue
            for other, theirs in self.calls[case_id]:
                if other != agent:
                    self._compare(case_id, laptop, past, theirs)
            self.calls[case_id].append((agent, past))
        notes.rights = {}

    def _compare(self, case_id: str, laptop: Laptop, mine: Right, theirs: Right) -> None:
        start, end = max(mine.start, theirs.start), min(mine.end, theirs.end)
        if start + TICK >= end:
            return
        excused = self.excused.get(case_id)
        if excused is None or end > excused:
            raise Violation(
                f"12: {laptop.name} and somebody else may call {case_id} for {(end - start).total_seconds():.3f} s"
                f" from {start:%H:%M:%S.%f} (mine from {mine.start:%H:%M:%S}, theirs from {theirs.start:%H:%M:%S})"
            )


def _hold(laptop: Laptop, case_id: str) -> datetime | None:
    case = laptop.replica.cases.case(case_id)
    if case is None or case.hold is None:
        return None
    return case.hold.until
