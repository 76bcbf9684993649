"""Facts: what happened, written once and never changed.

A case is a pure function of the set of its facts (:mod:`domain.case.fold`). The payload of each kind is a dataclass in
:mod:`domain.facts.payloads`; :data:`PAYLOADS` maps the wire's type names to them.
"""

from domain.facts.fact import Fact, order_key
from domain.facts.payloads import CLIENT_TYPES, PAYLOADS, SERVER_TYPES, Payload

__all__ = ["CLIENT_TYPES", "PAYLOADS", "SERVER_TYPES", "Fact", "Payload", "order_key"]
