"""A device and a server under every kind of accident, then both sides compared.

Hypothesis drives the real engine on the real store against a small server kept in memory, which is strict about the
contract: requests and answers are lost, repeated, delayed and reordered, the program dies between two effects, the
server is restored from a backup, cases come and go. What must hold at every step and at the end is in the invariants.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from data.answers import Failure
from data.kept import payload_of
from data.ports import INDEXES
from data.store import Key, Store
from data.sync import effects as do
from data.sync import inputs as on
from domain.canonical import canonical_bytes, digest, to_plain
from domain.case.fold import TIMELINE_LENGTH, fold
from domain.case.model import Case
from domain.clock import parse_instant
from domain.facts import Fact
from domain.facts.payloads import DisclosureRead, NoteAdded
from domain.ids import IdSource
from domain.wire import ChangesPage, DeviceState, Entry, EventResult, Hello, Limits, ProtocolRange, PushAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Tools

CASES = ("41", "42", "43")
MOST_EVENTS = 3
SAID_LIMITS = (1, 2, 500)
"""What hello may say: the last is more than is taken, so that batches come back to be halved."""
PAGE = 1
AGENT = ("agent-7", "Wang Fang")
IN_MEMORY = Path("/dev/shm")
"""Where there is a file system in memory: thousands of syncs to a disk would prove nothing more here."""


@dataclass
class ModelServer:
    """One agent's view of a server: custody of facts, cases made of them, a feed of one row a key."""

    epoch: str = "e1"
    head: int = 0
    rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    vers: dict[str, int] = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    since: dict[str, int] = field(default_factory=dict)
    """The version with which a case was last assigned here."""
    facts: dict[str, bytes] = field(default_factory=dict)
    seqs: dict[int, str] = field(default_factory=dict)
    results: dict[str, EventResult] = field(default_factory=dict)
    poisoned: bool = False
    session: bool = True

    # --- what supervisors and operators do ---

    def touch(self, case_id: str) -> None:
        self.vers[case_id] = self.vers.get(case_id, 0) + 1
        self.head += 1
        self.rows[case_id] = (self.head, "put" if case_id in self.owned else "remove")

    def assign(self, case_id: str, *, here: bool) -> None:
        if here != (case_id in self.owned):
            (self.owned.add if here else self.owned.remove)(case_id)
            self.touch(case_id)
            self.since[case_id] = self.vers[case_id]

    def restored(self, epoch: str) -> ModelServer:
        """Give the server as a backup of this moment brings it back later: the same content, another history."""
        backup = ModelServer(
            epoch, self.head, dict(self.rows), dict(self.vers), set(self.owned), dict(self.since), dict(self.facts)
        )
        backup.seqs = dict(self.seqs)
        backup.results = dict(self.results)
        return backup

    # --- what the contract says ---

    def push(self, texts: list[str]) -> PushAnswer | Failure:
        if len(texts) > MOST_EVENTS:
            return Failure("status", 413)
        events = [json.loads(text) for text in texts]
        if self.poisoned and any("poison" in text for text in texts):
            return Failure("status", 400, problem="malformed")
        results = [self._take(event, text) for event, text in zip(events, texts, strict=True)]
        through = self.received_through()
        return PushAnswer(through, [seq for seq in range(through + 1, max(self.seqs)) if seq not in self.seqs], results)

    def _take(self, event: dict[str, Any], text: str) -> EventResult:
        raw = canonical_bytes(event)
        assert raw == text.encode(), "every event travels in its canonical spelling"
        fact_id, seq = event["id"], event["seq"]
        before = self.seqs.get(seq - 1)
        if before is not None and before in self.facts:
            assert event["prev"] == digest(self.facts[before]), "the chain is whole"
        assert self.seqs.setdefault(seq, fact_id) == fact_id, "one number, one fact"
        if fact_id in self.facts:
            assert self.facts[fact_id] == raw, "a fact is never altered"
            first = self.results[fact_id]
            return EventResult(fact_id, "duplicate", [], first.key, first.ver, "accepted")
        self.facts[fact_id] = raw
        self.touch(event["case_id"])
        result = EventResult(fact_id, "accepted", [], f"case:{event['case_id']}", self.vers[event["case_id"]])
        self.results[fact_id] = result
        return result

    def received_through(self) -> int:
        through = 0
        while through + 1 in self.seqs:
            through += 1
        return through

    def changes(self, cursor: str | None, limit: int) -> ChangesPage:
        start, reset = 0, False
        if cursor is not None:
            epoch, _, number = cursor.partition("/")
            reset = epoch != self.epoch or int(number) > self.head
            start = 0 if reset else int(number)
        rows = sorted((seq, op, case_id) for case_id, (seq, op) in self.rows.items() if seq > start)
        here = rows[: min(limit, PAGE)]
        more = len(rows) > len(here)
        entries = [
            Entry(seq, "put", f"case:{case_id}", self.vers[case_id], to_plain(self.case(case_id)))
            if op == "put"
            else Entry(seq, "remove", f"case:{case_id}", self.vers[case_id], reason="reassigned")
            for seq, op, case_id in here
        ]
        return ChangesPage(
            epoch=self.epoch,
            cursor=f"{self.epoch}/{here[-1][0] if more else self.head}",
            head=self.head,
            more=more,
            reset=reset,
            revoked=[f"case:{case_id}" for _, op, case_id in rows if op == "remove"],
            entries=entries,
            lease_s=14400,
            device=DeviceState(self.received_through()),
        )

    def case(self, case_id: str) -> Case:
        """What all facts in custody make of a case."""
        return fold(case_id, [_fact(raw) for raw in self.facts.values() if json.loads(raw)["case_id"] == case_id])


def _fact(raw: bytes) -> Fact:
    event = json.loads(raw)
    payload = payload_of(event["type"], event["data"])
    at = parse_instant(event["at"])
    device = "0197a000-0000-7000-8000-000000000001"
    return Fact(event["id"], event["type"], event["case_id"], at, AGENT[0], payload, AGENT[1], device)


class SyncMachine(RuleBasedStateMachine):
    """Accidents in any order."""

    tools: type[Tools]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)
        self.store = Store.open(Path(self.folder.name) / "store", Key(bytes(32)), indexes=INDEXES)
        clock = self.tools.MovableClock()
        ids = IdSource(clock, random.Random(3).getrandbits)
        self.bench: Bench = self.tools.Bench(self.tools.Device(self.store, clock, ids))
        self.server = ModelServer()
        self.backup: ModelServer | None = None
        self.epochs = 1
        self.captured: dict[str, str] = {}
        self.erasable: set[str] = set()
        self.orphans: set[str] = set()
        """Handed over while their case was not here: should it come back, only the server can tell of them."""
        self.late: list[Callable[[], object]] = []
        self.held: list[tuple[Any, object]] = []
        self.most = SAID_LIMITS[1]
        self.solid: set[str] = set()
        self.unmoved: set[str] = set()
        for case_id in CASES:
            self.server.assign(case_id, here=True)
        self.bench.start()

    def teardown(self) -> None:
        try:
            self.settle_everything()
        finally:
            self.store.close()
            self.folder.cleanup()

    # --- the agent -----------------------------------------------------------------------------------------------

    @rule(case_id=st.sampled_from(CASES), kind=st.sampled_from(["plain", "personal", "poison"]), many=st.integers(1, 4))
    def capture(self, case_id: str, kind: str, many: int) -> None:
        outbox = self.bench.replica.outbox
        before = outbox.count_unsent()
        for number in range(many):
            name = f"{kind} {len(self.captured)}-{number}"
            outbox.append(NoteAdded(name) if kind == "personal" else DisclosureRead(name=name), case_id)
        assert outbox.count_unsent() == before + many
        for kept in outbox.unsent()[-many:]:
            self.captured[kept.id] = kept.text
        self.tell(on.FactCaptured())

    @rule(kind=st.sampled_from(["plain", "personal"]))
    def a_day_without_a_line_comes_to_an_end(self, kind: str) -> None:
        """There is more to hand over than fits into one request."""
        for case_id in CASES:
            self.capture(case_id, kind, 2)
        self.network_works_for_a_while(2)

    @rule()
    def nudge(self) -> None:
        self.tell(on.Nudged())

    @rule(seconds=st.sampled_from([0.3, 2.0, 25.0, 4000.0, -600.0]))
    def time_passes(self, seconds: float) -> None:
        self.bench.device.clock.pass_by(seconds)
        self.tell(on.Tick())

    @rule()
    def log_in(self) -> None:
        self.server.session = True
        self.tell(on.LoggedIn(deposit=True))

    # --- the network ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.bench.requests)
    @rule(which=st.integers(0, 9), fate=st.sampled_from(["arrives"] * 6 + ["request lost", "answer lost", "repeated"]))
    def request_under_way(self, which: int, fate: str) -> None:
        """Take any request that is under way, in any order, and let something happen to it."""
        numbers = sorted(self.bench.requests)
        effect = self.bench.requests.pop(numbers[which % len(numbers)])
        serve = self.serving(effect)
        answer: object = Failure("timeout")
        if fate != "request lost":
            answer = serve()
        if fate == "repeated":
            answer = serve()
        if fate == "answer lost":
            answer = Failure("network")
        self.answer(effect, answer)

    @rule(rounds=st.integers(1, 8))
    def network_works_for_a_while(self, rounds: int) -> None:
        for _ in range(rounds):
            for number in sorted(self.bench.requests):
                effect = self.bench.requests.pop(number, None)
                if effect is not None:
                    self.answer(effect, self.serving(effect)())

    @rule(kind=st.sampled_from(["plain", "personal"]))
    def agent_works_on_line(self, kind: str = "plain") -> None:
        self.log_in()
        self.capture("41", kind, 1)
        self.nudge()
        self.network_works_for_a_while(6)

    @precondition(lambda self: self.bench.requests)
    @rule(which=st.integers(0, 9))
    def server_answers_slowly(self, which: int) -> None:
        """The server has done it, the answer is on its way."""
        numbers = sorted(self.bench.requests)
        effect = self.bench.requests.pop(numbers[which % len(numbers)])
        self.held.append((effect, self.serving(effect)()))

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9))
    def slow_answer_arrives(self, which: int) -> None:
        """Perhaps the engine has given the request up meanwhile."""
        effect, answer = self.held.pop(which % len(self.held))
        self.answer(effect, answer)

    @precondition(lambda self: self.bench.requests)
    @rule(code=st.sampled_from([500, 502, 503, 429]), which=st.integers(0, 9))
    def server_has_a_fault(self, code: int, which: int) -> None:
        numbers = sorted(self.bench.requests)
        self.answer(self.bench.requests.pop(numbers[which % len(numbers)]), Failure("status", code, retry_after=5))

    @precondition(lambda self: self.bench.requests)
    @rule()
    def answers_overtaken(self) -> None:
        """The client gives up on a push that reaches the server much later."""
        for number, effect in list(self.bench.requests.items()):
            if isinstance(effect, do.SendEvents) and self.bench.requests.pop(number, None) is effect:
                self.late.append(self.serving(effect))
                self.answer(effect, Failure("timeout"))

    @precondition(lambda self: self.late)
    @rule(which=st.integers(0, 9))
    def late_request_arrives(self, which: int) -> None:
        self.late.pop(which % len(self.late))()

    @rule(head=st.integers(0, 30))
    def hint(self, head: int) -> None:
        self.tell(on.Poked(head))

    @rule(case_id=st.sampled_from(CASES))
    def wrong_revocation_hint(self, case_id: str) -> None:
        self.tell(on.RevokeHinted((f"case:{case_id}",)))

    # --- the machine ---------------------------------------------------------------------------------------------

    @rule()
    def crash(self) -> None:
        for effect in list(self.bench.requests.values()):
            if isinstance(effect, do.SendEvents):
                self.late.append(self.serving(effect))
        self.boot()

    @rule(after=st.integers(0, 3))
    def crash_between_effects(self, after: int) -> None:
        """Die before or after one of the next changes of the store."""
        self.bench.crash_after = after

    # --- the server ----------------------------------------------------------------------------------------------

    @rule(case_id=st.sampled_from(CASES), here=st.booleans())
    def reassign(self, case_id: str, here: bool) -> None:
        self.unmoved -= {case_id}
        self.server.assign(case_id, here=here)

    @rule(case_id=st.sampled_from(CASES))
    def a_case_is_taken_away_while_on_line(self, case_id: str) -> None:
        self.reassign(case_id, here=False)
        self.log_in()
        self.nudge()
        self.network_works_for_a_while(6)

    @rule(case_id=st.sampled_from(CASES))
    def somebody_else_changes_a_case(self, case_id: str) -> None:
        if case_id in self.server.rows:
            self.server.touch(case_id)

    @rule(poisoned=st.booleans())
    def server_learns_or_forgets_to_read(self, poisoned: bool) -> None:
        self.server.poisoned = poisoned

    @rule(most=st.sampled_from(SAID_LIMITS))
    def server_is_set_to_take_so_many(self, most: int) -> None:
        """It says so when it is asked, which is at the start."""
        self.most = most

    @rule()
    def session_ends(self) -> None:
        self.server.session = False

    @rule()
    def back_up(self) -> None:
        self.epochs += 1
        self.backup = self.server.restored(f"e{self.epochs}")
        self.unmoved = set(CASES)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self) -> None:
        assert self.backup is not None
        self.backup.session = self.server.session
        self.solid &= self.backup.owned & self.unmoved
        self.server, self.backup = self.backup, None

    @rule()
    def a_morning_s_work_and_then_a_restore(self) -> None:
        """What was read since the backup is newer than what the restored server has."""
        self.back_up()
        for case_id in sorted(self.server.owned):
            self.server.touch(case_id)
            self.server.touch(case_id)
        self.agent_works_on_line()
        self.restore()

    # --- how it is done ------------------------------------------------------------------------------------------

    def serving(self, effect: Any) -> Callable[[], object]:
        """Fix what the request says; the server may see it now, later, or twice."""
        match effect:
            case do.SendEvents():
                wanted = set(effect.seqs)
                texts = [kept.text for kept in self.bench.replica.outbox.unsent() if kept.seq in wanted]
                assert len(texts) == len(effect.seqs), "nothing is sent that is not unsent"
                if effect.key == "session":
                    return lambda: self.server.push(texts) if self.server.session else Failure("status", 401)
                return lambda: self.server.push(texts)
            case do.FetchChanges():
                return lambda: (
                    self.server.changes(effect.cursor, effect.limit) if self.server.session else Failure("status", 401)
                )
        limits = Limits(max_events=self.most)
        return lambda: Hello("", ProtocolRange(1, 1), self.server.epoch, limits, "2026a")

    def answer(self, effect: Any, answer: Any) -> None:
        number, timing = effect.request, self.bench.timing()
        failed = isinstance(answer, Failure)
        match effect:
            case do.SendEvents():
                self.tell(on.PushFailed(number, answer) if failed else on.PushAnswered(number, answer, timing))
            case do.FetchChanges():
                self.tell(on.PullFailed(number, answer) if failed else on.PullAnswered(number, answer, timing))
            case _:
                self.tell(on.HelloFailed(number, answer) if failed else on.HelloAnswered(number, answer, timing))

    def tell(self, event: on.Input) -> None:
        try:
            self.bench.tell(event)
        except self.tools.Crash:
            self.boot()

    def boot(self) -> None:
        self.held.clear()
        self.bench.boot()
        self.bench.start(session=self.server.session)

    def settle_everything(self) -> None:
        """Let the accidents end, and both sides come to rest."""
        self.bench.crash_after = None
        self.server.poisoned = False
        self.server.session = True
        for arrive in self.late:
            arrive()
        for effect, answer in self.held:
            self.answer(effect, answer)
        self.tell(on.LoggedIn(deposit=True))
        self.tell(on.Nudged())
        for _ in range(400):
            if not self.bench.requests and self.bench.engine.settled and self.bench.engine.status().state == "synced":
                break
            self.network_works_for_a_while(1)
            if not self.bench.requests:
                self.bench.device.clock.pass_by(61)
                self.tell(on.Nudged())
        self.both_sides_agree()

    def both_sides_agree(self) -> None:
        replica, server = self.bench.replica, self.server
        assert replica.outbox.count_unsent() == 0
        here = {fact_id: raw.decode() for fact_id, raw in server.facts.items()}
        lost = self.captured.keys() - here.keys()
        assert lost <= self.erasable, "no fact is lost but personal ones of cases taken away before a restore"
        assert here == {fact_id: text for fact_id, text in self.captured.items() if fact_id not in lost}
        if not lost:
            assert server.received_through() == len(self.captured)
        assert replica.cases.ids() == server.owned
        for case_id in server.owned:
            assert replica.cases.case(case_id) == server.case(case_id)
            assert replica.cases.versions[f"case:{case_id}"].ver == server.vers[case_id]

    # --- what must hold at every step ----------------------------------------------------------------------------

    @invariant()
    def unsent_is_true(self) -> None:
        status = self.bench.engine.status()
        rows = self.store.table("outbox").all()
        assert status.unsent == self.bench.replica.outbox.count_unsent() == len(rows)
        assert status.refused == sum(1 for row in rows if row["refusal"])

    @invariant()
    def every_fact_is_here_or_there(self) -> None:
        outbox = {row["id"]: row["text"] for row in self.store.table("outbox").all()}
        sent = {row["id"]: row.get("text") for row in self.store.table("sent").all()}
        assert not outbox.keys() & sent.keys(), "a fact is in one place"
        self.erasable |= {fact_id for fact_id, text in sent.items() if text is None}
        here = self.bench.replica.cases.versions
        cases = {fact_id: f"case:{json.loads(text)['case_id']}" for fact_id, text in self.captured.items()}
        self.orphans |= {fact_id for fact_id in sent if cases[fact_id] not in here}
        for fact_id, text in self.captured.items():
            if fact_id in outbox:
                assert outbox[fact_id] == text, "and unaltered"
            elif fact_id in sent:
                assert sent[fact_id] in (None, text)
            else:
                raise AssertionError("a captured fact is gone")

    @invariant()
    def no_fact_and_no_case_is_in_two_requests(self) -> None:
        under_way = self.bench.engine.state.push.under_way
        assert len(under_way) <= 2
        if len(under_way) == 2:
            case_of = {kept.seq: kept.case_id for kept in self.bench.replica.outbox.unsent()}
            one, other = under_way
            assert not set(one.seqs) & set(other.seqs)
            assert not {case_of[seq] for seq in one.seqs} & {case_of[seq] for seq in other.seqs}

    @invariant()
    def memory_is_what_the_disk_says(self) -> None:
        rows = {row["key"]: row["ver"] for row in self.store.table("documents").all()}
        assert rows == {key: version.ver for key, version in self.bench.replica.cases.versions.items()}

    @invariant()
    def a_case_that_stays_assigned_is_never_missing(self) -> None:
        server, versions = self.server, self.bench.replica.cases.versions
        here = {key.removeprefix("case:") for key in versions}
        self.solid &= server.owned
        assert self.solid <= here, "whatever is read from the start, and however often it breaks off"
        for case_id in here & server.owned:
            # Taken away and given back unnoticed, it still goes with a page of the time between, and comes with the next.
            version = versions[f"case:{case_id}"]
            if version.epoch == server.epoch and version.ver >= server.since[case_id]:
                self.solid.add(case_id)

    @invariant()
    def the_screen_shows_what_was_captured(self) -> None:
        replica = self.bench.replica
        for case_id in replica.cases.ids():
            case = replica.cases.case(case_id)
            assert case is not None
            shown = [moment.fact for moment in case.timeline]
            assert len(shown) == len(set(shown)), "nothing is shown twice"
            if len(shown) < TIMELINE_LENGTH:
                mine = {fact_id for fact_id, text in self.captured.items() if json.loads(text)["case_id"] == case_id}
                assert mine - self.erasable - self.orphans <= set(shown), "what was saved stays on the screen"

    @invariant()
    def a_taken_away_case_leaves_nothing(self) -> None:
        here = self.bench.replica.cases.ids()
        for row in self.store.table("sent").all():
            if row["case_id"] not in {key.removeprefix("case:") for key in self.bench.replica.cases.versions}:
                assert "personal" not in (row.get("text") or ""), here


def test_no_accident_loses_or_doubles_a_fact(tools: type[Tools]) -> None:
    machine = type("Machine", (SyncMachine,), {"tools": tools})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.slow
@pytest.mark.timeout(900)  # thousands of durable writes: 40 s here, minutes where another program keeps the disk busy
def test_no_accident_loses_or_doubles_a_fact_for_longer(tools: type[Tools]) -> None:
    machine = type("Machine", (SyncMachine,), {"tools": tools})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=150, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
