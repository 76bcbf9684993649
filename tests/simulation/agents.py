"""What people do in a simulation: agents who call, promise and type; a supervisor who moves cases; a bank that pays."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from data.answers import Failure
from domain.case.gating import may_call_case
from domain.case.model import Case
from domain.facts.payloads import (
    AttemptEnded,
    AttemptStarted,
    CallbackSet,
    CaseClosed,
    ConsentGiven,
    ConsentWithdrawn,
    DisclosureRead,
    DisputeRaised,
    NoteAdded,
    Payload,
    PromiseMade,
    PromisePart,
)
from server.cases.casework import Casework
from server.database.engine import Transaction
from tests.simulation.central import _POLICY, Central, Request, customer
from tests.simulation.laptop import Laptop
from tests.simulation.record import Record


class People:
    """Everybody at work. What they know to be true of the cases is kept here, to be compared with at the end."""

    def __init__(self, central: Central, dice: random.Random, record: Record, cases: int) -> None:
        self.central = central
        self.dice = dice
        self.record = record
        self.cases = [f"c{number + 1}" for number in range(cases)]
        self.running: dict[str, tuple[str, str]] = {}
        self.sue = self.bank = ""
        self.paid: Counter[str] = Counter()
        self.payments: dict[str, tuple[str, int]] = {}
        self._numbers = 0

    def number(self) -> int:
        """Give a number that was not used before."""
        self._numbers += 1
        return self._numbers

    # --- agents ------------------------------------------------------------------------------------------------

    def write_something(self, laptop: Laptop) -> None:
        """Capture one fact, now and then about a case that has just gone: its form was still open."""
        here = sorted(laptop.replica.cases.ids())
        if not here or self.dice.random() < 0.05:
            here = self.cases
        case_id = self.dice.choice(here)
        payload, words = self._something(case_id)
        laptop.capture(payload, case_id, words)

    def _something(self, case_id: str) -> tuple[Payload, str | None]:
        dice, number = self.dice, self.number()
        words = f"zqwords{number:04d}-{case_id}"
        match dice.randrange(10):
            case 0 | 1 | 2:
                return NoteAdded(words), words
            case 3 | 4:
                day = date(2026, 11, 25) + timedelta(days=dice.randrange(20))
                part = PromisePart(due=day, amount=dice.choice((115, 1_999, 125_000, 33_333)))
                return PromiseMade(f"p-{number}-{dice.getrandbits(32):08x}", "USD", (part,)), None
            case 5:
                return ConsentWithdrawn("call", None if dice.random() < 0.5 else customer(case_id)[1]), None
            case 6:
                return ConsentGiven("call"), None
            case 7:
                return DisclosureRead(name=f"text {number}"), None
            case 8:
                return DisputeRaised(note=words), words
            case _:
                due = self.central.now() + timedelta(hours=dice.randrange(1, 48))
                return CallbackSet(due, reason=words), words

    def call(self, laptop: Laptop, *, even_if_forbidden: bool = False) -> None:
        """Begin a call where the gate allows one, or end the one that is running."""
        if laptop.name in self.running:
            call, case_id = self.running.pop(laptop.name)
            laptop.capture(AttemptEnded(call, "no_answer", talk_seconds=0), case_id)
            return
        for case_id in sorted(laptop.replica.cases.ids()):
            case = laptop.replica.cases.case(case_id)
            if case is None or not (even_if_forbidden or self._may_call(laptop, case)):
                continue
            call_id = laptop.capture(AttemptStarted(customer(case_id)[1]), case_id)
            if call_id is not None:
                self.running[laptop.name] = (call_id, case_id)
            return

    @staticmethod
    def _may_call(laptop: Laptop, case: Case) -> bool:
        now = laptop.now()
        lease = laptop.lease_ends() or now - timedelta(seconds=1)
        phone = next(iter(case.phones), None)
        return may_call_case(case, now, _POLICY, phone=phone, lease_until=lease, ahead=laptop.replica.ahead()).allowed

    async def draw(self, laptop: Laptop) -> None:
        """Ask for a case of the pool."""
        token = laptop.session.token
        if token is not None:
            answer = await laptop.client.next_case(token)
            self.record.note(
                laptop.name, "drew", "nothing" if isinstance(answer, Failure) else answer.value is not None
            )
            laptop.driver.nudge()

    async def pry(self, laptop: Laptop) -> bool:
        """Ask for a case of another team; tell whether it was given."""
        token = laptop.session.token
        return token is not None and not isinstance(await laptop.client.history("x1", token), Failure)

    # --- the office --------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, token: str, document: Any) -> Any:
        """Do something over the office's good network."""
        response = self.central.handle(Request(method, path, token, json.dumps(document).encode()))
        self.record.note("office", method, path, response.status)
        return json.loads(response.body) if response.body else None

    def log_in(self, login: str) -> str:
        """Log somebody in at the office."""
        body = {"login": login, "password": "correct horse", "device": f"{login}-desk"}
        token: str = self.ask("POST", "/v1/sessions", "", body)["token"]
        return token

    def reassign(self, agents: list[str], *, many: bool = False, force: bool = False) -> list[tuple[str, str]]:
        """Move cases; give each that moved with its new status."""
        dice = self.dice
        cases = dice.sample(self.cases, dice.randrange(1, len(self.cases)) if many else 1)
        target = dice.choice([*agents, None]) if dice.random() < 0.9 else None
        request: dict[str, Any] = {"cases": sorted(cases), "to": target, "force": force}
        request["mode"] = dice.choice(("after_wrapup", "now"))
        if many and dice.random() < 0.4:
            del request["to"]
            request |= {"strategy": "even", "agents": sorted(agents)}
        answer = self.ask("PUT", f"/v1/reassignments/r{self.number()}", self.sue, request)
        return [(moved["case"], moved["status"]) for moved in answer.get("cases", ())]

    def pay(self) -> None:
        """Let money arrive, arrive again, or go back."""
        dice, bank = self.dice, self.bank
        if self.payments and dice.random() < 0.4:
            payment = dice.choice(sorted(self.payments))
            case_id, amount = self.payments[payment]
            if dice.random() < 0.5:
                body: dict[str, Any] = {"case": case_id, "amount": amount, "currency": "USD", "day": "2026-11-24"}
                self.ask("PUT", f"/v1/payments/{payment}", bank, body)
            else:
                self.ask("PUT", f"/v1/payments/{payment}-back", bank, {"reverses": payment})
            return
        payment, case_id, amount = f"pay{self.number()}", dice.choice(self.cases), dice.choice((115, 1_999, 50_000))
        body = {"case": case_id, "amount": amount, "currency": "USD", "day": "2026-11-24"}
        self.ask("PUT", f"/v1/payments/{payment}", bank, body)
        self.payments[payment] = (case_id, amount)

    def close_case(self) -> None:
        """Let the ledger close a case."""
        case_id = self.dice.choice(self.cases)

        def close(transaction: Transaction) -> None:
            casework = Casework(transaction)
            case = casework.open([case_id])[case_id]
            if case.was_closed is None:
                casework.state(case, CaseClosed())
                casework.finish()

        self.central.write(close)
        self.record.note("office closed", case_id)
