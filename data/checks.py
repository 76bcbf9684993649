"""What ``duecall doctor`` asks of this device: that everything captured is still there, whole, and on its way.

Nothing is changed by asking. Details name numbers and counts, never a customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final, Protocol

from data.cases import CASE
from data.kept import kept_fact
from data.outbox import Head
from data.ports import DocumentStore
from data.replica import Replica
from data.store.checks import Finding
from domain.canonical import canonical_bytes, digest
from domain.i18n import tr

LARGEST_OFFSET: Final = timedelta(minutes=2)
"""How wrong the machine's clock may be before a person should set it; facts are corrected for it in any case."""


class CheckedStore(DocumentStore, Protocol):
    """A store that can examine itself."""

    def check(self) -> list[Finding]:
        """Examine the files and settings."""
        ...


def check_profile(store: CheckedStore, replica: Replica) -> list[Finding]:
    """Ask everything; what is wrong is a finding, not an error."""
    unsent = store.table("outbox").all()
    sent = store.table("sent").all()
    documents = store.table("documents").all()
    return [
        *store.check(),
        _chain(unsent, sent, replica.outbox.head),
        _facts(unsent),
        _count(unsent, replica),
        _refused(replica),
        _cases(replica),
        _feed(documents, replica),
        _leftovers(store, sent, documents),
        _clock(replica),
    ]


def _chain(unsent: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]], head: Head) -> Finding:
    """Every number up to the last is there once, and each event names the digest of the one before it."""
    facts = sorted([*unsent, *sent], key=lambda document: int(document["seq"]))
    seqs = [document["seq"] for document in facts]
    allowed = max(head.forgotten, head.gap or 0)
    missing = len(set(range(allowed + 1, head.seq + 1)) - set(seqs))
    broken = sum(
        1
        for before, after in pairwise(facts)
        if after["seq"] == before["seq"] + 1 and before["seq"] != head.gap and not _follows(before, after)
    )
    doubled = len(seqs) - len(set(seqs))
    beyond = sum(1 for seq in seqs if seq > head.seq)
    last = next((document for document in facts if document["seq"] == head.seq), None)
    if last is not None and last["digest"] != head.digest:
        broken += 1
    if missing or broken or doubled or beyond:
        text = tr(
            "{missing} numbers missing, {doubled} doubled, {broken} links broken; keep the folder and tell operations"
        )
        detail = text.format(missing=missing, doubled=doubled + beyond, broken=broken)
        return Finding("outbox.chain", ok=False, detail=detail)
    return Finding("outbox.chain", ok=True, detail=tr("{n} facts in one chain without a gap").format(n=len(facts)))


def _follows(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if "text" not in after:
        return True  # its words were removed with its case; its place is kept
    return f'"prev":"{before["digest"]}"' in after["text"]


def _facts(unsent: Sequence[Mapping[str, Any]]) -> Finding:
    """Every unsent fact is what it was when it was captured, and means something to this version."""
    altered = [document["seq"] for document in unsent if not _is_whole(document)]
    if altered:
        detail = tr("not as they were captured: {numbers}; they are offered all the same")
        return Finding("outbox.facts", ok=False, detail=detail.format(numbers=_list(altered)))
    return Finding("outbox.facts", ok=True, detail=tr("{n} unsent facts are whole").format(n=len(unsent)))


def _is_whole(document: Mapping[str, Any]) -> bool:
    try:
        kept = kept_fact(document)
        fact = kept.fact
    except (KeyError, TypeError, ValueError):
        return False
    event = kept.event
    names = (event.get("seq"), event.get("id"), event.get("type"), event.get("case_id"))
    return (
        digest(kept.text.encode()) == kept.digest
        and canonical_bytes(event) == kept.text.encode()
        and names == (kept.seq, kept.id, kept.type, kept.case_id)
        and fact.payload is not None
    )


def _count(unsent: Sequence[Mapping[str, Any]], replica: Replica) -> Finding:
    shown = replica.outbox.count_unsent()
    if shown != len(unsent):
        detail = tr("{shown} shown, {stored} stored; close and open duecall").format(shown=shown, stored=len(unsent))
        return Finding("outbox.unsent", ok=False, detail=detail)
    return Finding("outbox.unsent", ok=True, detail=tr("{n} unsent").format(n=shown))


def _refused(replica: Replica) -> Finding:
    refused = [kept.seq for kept in replica.outbox.unsent() if kept.refusal]
    if refused:
        detail = tr("the server does not take {numbers} for now; they are kept and offered again, tell operations")
        return Finding("outbox.refused", ok=False, detail=detail.format(numbers=_list(refused)))
    return Finding("outbox.refused", ok=True, detail=tr("the server has refused nothing"))


def _cases(replica: Replica) -> Finding:
    unreadable = len(replica.cases.unreadable())
    if unreadable:
        detail = tr("{n} cases cannot be read by this version; they are kept, update duecall").format(n=unreadable)
        return Finding("cases.readable", ok=False, detail=detail)
    return Finding("cases.readable", ok=True, detail=tr("{n} cases can be read").format(n=len(replica.cases.ids())))


def _feed(documents: Sequence[Mapping[str, Any]], replica: Replica) -> Finding:
    """Compare the position in the feed with the documents."""
    position = replica.memory.position
    sane = (position.epoch is None) == (position.cursor is None) and 0 <= position.seq <= position.head
    generations = {document["generation"] for document in documents}
    whole = position.sweeping or generations <= {position.generation}
    known = {document["key"]: document["ver"] for document in documents}
    same = known == {key: version.ver for key, version in replica.cases.versions.items()}
    if not (sane and whole and same):
        return Finding("feed.position", ok=False, detail=tr("it does not fit the documents; log in again to read anew"))
    text = tr("read up to {seq}") if position.epoch is not None else tr("never read yet")
    return Finding("feed.position", ok=True, detail=text.format(seq=position.seq))


def _leftovers(
    store: DocumentStore, sent: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]]
) -> Finding:
    """Of customers whose cases were taken away nothing is left but what is unsent."""
    here = {document["key"].removeprefix(CASE) for document in documents}
    drafts = sum(1 for draft in store.table("drafts").all() if draft["case_id"] not in here)
    words = sum(1 for fact in sent if fact["case_id"] not in here and "text" in fact and kept_fact(fact).personal)
    if drafts or words:
        detail = tr("{n} texts of customers that were taken away are still here").format(n=drafts + words)
        return Finding("privacy.leftovers", ok=False, detail=detail)
    return Finding("privacy.leftovers", ok=True, detail=tr("nothing is left of customers that were taken away"))


def _clock(replica: Replica) -> Finding:
    offset = replica.memory.contact.offset
    seconds = round(offset.total_seconds())
    if abs(offset) > LARGEST_OFFSET:
        detail = tr("this computer's clock is {n} s away from the server's; it is corrected for, but set it")
        return Finding("clock", ok=False, detail=detail.format(n=abs(seconds)))
    return Finding("clock", ok=True, detail=tr("{n} s away from the server's").format(n=abs(seconds)))


def _list(seqs: Sequence[int]) -> str:
    shown = ", ".join(f"#{seq}" for seq in seqs[:10])
    return shown if len(seqs) <= 10 else f"{shown} …"
