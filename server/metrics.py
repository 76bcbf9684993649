"""Figures about this process for operations, in the Prometheus text format (version 0.0.4)."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final

_BUCKETS: Final = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0)


def running_version() -> str:
    """Give the version that is installed; 0 where none is."""
    try:
        return version("duecall")
    except PackageNotFoundError:
        return "0"


@dataclass(slots=True)
class Metrics:
    """Counts since the process started. Safe to use from many threads."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    streams: int = 0
    running: int = 0
    version: str = ""
    started_s: int = 0
    _slow: Counter[tuple[str, float]] = field(default_factory=Counter)
    _seconds: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count_request(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one answered request; ``path`` is the route's pattern, never the address itself."""
        with self._lock:
            self.requests[method, path, status] += 1
            self._seconds[path] += round(seconds * 1_000_000)
            for bucket in _BUCKETS:
                if seconds <= bucket:
                    self._slow[path, bucket] += 1

    def count_problem(self, name: str) -> None:
        """Count one refused request by its type of problem."""
        with self._lock:
            self.problems[name] += 1

    def count_event(self, status: str) -> None:
        """Count one event by what it was answered."""
        with self._lock:
            self.events[status] += 1

    def to_text(self) -> str:
        """Write all figures."""
        with self._lock:
            lines = ["# TYPE duecall_requests_total counter"]
            for (method, path, status), count in sorted(self.requests.items()):
                lines.append(f'duecall_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}')
            lines.append("# TYPE duecall_request_seconds histogram")
            totals: Counter[str] = Counter()
            for (_, path, _), count in self.requests.items():
                totals[path] += count
            for path in sorted(totals):
                lines.extend(
                    f'duecall_request_seconds_bucket{{path="{path}",le="{bucket}"}} {self._slow[path, bucket]}'
                    for bucket in _BUCKETS
                )
                lines.append(f'duecall_request_seconds_bucket{{path="{path}",le="+Inf"}} {totals[path]}')
                lines.append(f'duecall_request_seconds_sum{{path="{path}"}} {self._seconds[path] / 1_000_000:.6f}')
                lines.append(f'duecall_request_seconds_count{{path="{path}"}} {totals[path]}')
            lines.append("# TYPE duecall_events_total counter")
            lines.extend(
                f'duecall_events_total{{status="{status}"}} {count}' for status, count in sorted(self.events.items())
            )
            lines.append("# TYPE duecall_problems_total counter")
            lines.extend(
                f'duecall_problems_total{{type="{name}"}} {count}' for name, count in sorted(self.problems.items())
            )
            lines += ["# TYPE duecall_streams gauge", f"duecall_streams {self.streams}"]
            lines += ["# TYPE duecall_requests_running gauge", f"duecall_requests_running {self.running}"]
            lines += ["# TYPE duecall_build_info gauge", f'duecall_build_info{{version="{self.version}"}} 1']
            lines += ["# TYPE duecall_started_seconds gauge", f"duecall_started_seconds {self.started_s}", ""]
            return "\n".join(lines)
