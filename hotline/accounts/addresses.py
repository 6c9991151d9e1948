"""Where a request comes from: for counting tries, and for nothing else. It is kept nowhere."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

IPV6_PREFIX = 64
UNKNOWN = "unknown"


def client_prefix(request: HttpRequest) -> str:
    """The client's address: one IPv4 address, or the /64 of an IPv6 one, which is what one household gets.

    ``X-Forwarded-For`` is believed only for as many proxies as HOTLINE_BEHIND_PROXY says: each adds the address it was
    asked from on the right, and what is further left the client may have made up.
    """
    believed = _forwarded(request) or _parsed(request.META.get("REMOTE_ADDR", ""))
    if believed is None:
        return UNKNOWN
    if isinstance(believed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((believed, IPV6_PREFIX), strict=False))
    return str(believed)


def _forwarded(request: HttpRequest) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    proxies: int = settings.PROXIES
    if not proxies:
        return None
    said = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    return _parsed(said[-proxies]) if len(said) >= proxies else None


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, without a port or zone; an IPv4 address in an IPv6 one as the IPv4 address it is."""
    text = text.strip("[]").partition("%")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
