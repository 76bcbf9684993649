"""What a test says to the engine in the network's place, and the engine it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.answers import Failure
from data.sync import effects as do
from data.sync import inputs as on
from domain.facts.payloads import NoteAdded
from domain.wire import EventResult, Hello, Limits, ProtocolRange, PushAnswer

if TYPE_CHECKING:
    from tests.data.conftest import Bench, Feed

NETWORK = Failure("network")
TIMEOUT = Failure("timeout")


def status(code: int, **more: Any) -> Failure:
    return Failure("status", code, **more)


def capture(bench: Bench, *texts: str) -> None:
    for text in texts:
        bench.replica.outbox.append(NoteAdded(text), "42")
    bench.tell(on.FactCaptured())


def accept(bench: Bench, ver: int = 4, **more: Any) -> None:
    """Answer the push under way: everything accepted."""
    sent = bench.sent()
    assert sent is not None
    kept = {each.seq: each for each in bench.replica.outbox.unsent()}
    results = [EventResult(kept[seq].id, "accepted", key="case:42", ver=ver) for seq in sent.seqs]
    fields: dict[str, Any] = {"received_through": sent.seqs[-1], "missing": [], "results": results}
    answer = PushAnswer(**(fields | more))
    del bench.requests[sent.request]
    bench.tell(on.PushAnswered(sent.request, answer, bench.timing()))


def fail_push(bench: Bench, failure: Failure) -> None:
    sent = bench.sent()
    assert sent is not None
    del bench.requests[sent.request]
    bench.tell(on.PushFailed(sent.request, failure))


def answer_pull(bench: Bench, page: Any, **timing: int) -> None:
    fetched = bench.fetched()
    assert fetched is not None
    del bench.requests[fetched.request]
    bench.tell(on.PullAnswered(fetched.request, page, bench.timing(**timing)))


def fail_pull(bench: Bench, failure: Failure) -> None:
    fetched = bench.fetched()
    assert fetched is not None
    del bench.requests[fetched.request]
    bench.tell(on.PullFailed(fetched.request, failure))


def answer_hello(bench: Bench, *, lowest: int = 1, highest: int = 1, epoch: str = "e7", **limits: int) -> None:
    hello = next(each for each in bench.requests.values() if isinstance(each, do.SayHello))
    del bench.requests[hello.request]
    says = Hello("", ProtocolRange(lowest, highest), epoch, Limits(**limits), "2026a")
    bench.tell(on.HelloAnswered(hello.request, says, bench.timing()))


def sent_seqs(bench: Bench) -> tuple[int, ...]:
    sent = bench.sent()
    return sent.seqs if sent else ()


def wait(bench: Bench, seconds: float | None = None) -> None:
    """Let the timer run off, or so much time."""
    seconds = bench.wake_after if seconds is None else seconds
    assert seconds is not None
    bench.device.clock.pass_by(seconds + 0.001)
    bench.tell(on.Tick())


def read_once(bench: Bench, feed: Feed) -> Bench:
    """Let an engine read the feed once: case 42 is here, nothing is unsent."""
    bench.start()
    answer_hello(bench)
    answer_pull(bench, feed.page(feed.put(1, "42", 3)))
    assert bench.engine.status().state == "synced"
    return bench
