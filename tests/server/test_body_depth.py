"""How deep a body may be is seen before it is parsed: whatever its bytes are, and no ordinary body is refused."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from server.http.bodies import is_shallow

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON)
def test_ordinary_json_is_shallow(value: object) -> None:
    assert is_shallow(json.dumps(value).encode())
    assert is_shallow(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
def test_depth_check_takes_any_bytes(body: bytes) -> None:
    assert is_shallow(body) in (True, False)
