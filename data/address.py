"""Which server addresses may be used: customers' data travels encrypted or not at all."""

from __future__ import annotations

from domain.i18n import tr


class UnsafeAddressError(ValueError):
    """The server's address cannot be used; ``str()`` is one translated sentence that may be shown as it is."""


def checked_address(address: str) -> str:
    """Give the server's address without its last slash.

    Raises :class:`UnsafeAddressError` for anything but ``https``; plain ``http`` is for this very computer only, since
    names, numbers and passwords would travel in the clear.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise UnsafeAddressError(tr("This is not a server's address; write it like https://duecall.example.com"))
    if parts.scheme == "http" and not is_loopback(host):
        raise UnsafeAddressError(
            tr("Customers' data may not travel unencrypted, nothing was sent; use the server's https:// address.")
        )
    return address.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this very computer."""
    if host == "localhost":
        return True
    import ipaddress  # 3 ms that a server called by name need not cost

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
