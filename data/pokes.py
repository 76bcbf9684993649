"""Server-Sent Events as the stream sends them: hints, and nothing that anything may depend on."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.decoding import NotUnderstoodError, decode_tree


@dataclass(frozen=True, slots=True)
class Poke:
    """The feed has a newer head."""

    head: int


@dataclass(frozen=True, slots=True)
class RevokeHint:
    """These documents are about to be taken away; the feed says so for certain."""

    keys: tuple[str, ...]


Hint = Poke | RevokeHint


@dataclass(slots=True)
class HintReader:
    """Puts lines together to events, as the HTML standard's section on server-sent events has it."""

    _event: str = ""
    _data: list[str] = field(default_factory=list)

    def feed(self, line: str) -> Hint | None:
        """Take one line; give the hint that a blank line completes. What is not understood is passed over."""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                self._event = value
            elif name == "data":
                self._data.append(value)
            return None
        event, data = self._event, "\n".join(self._data)
        self._event, self._data = "", []
        return _hint(event, data)


def _hint(event: str, data: str) -> Hint | None:
    try:
        tree = decode_tree(data.encode()) if data else None
    except NotUnderstoodError:
        return None
    if not isinstance(tree, dict):
        return None
    if event == "poke" and isinstance(tree.get("head"), int):
        return Poke(tree["head"])
    keys = tree.get("keys")
    if event == "revoke" and isinstance(keys, list):
        return RevokeHint(tuple(key for key in keys if isinstance(key, str)))
    return None
