"""What every answer carries: the headers that are looked at on every route and status, and their values."""

import re
from collections.abc import Mapping

from hotline.headers import OWN_FEATURES, UNUSED_FEATURES

POLICY = {
    "default-src": "'none'",
    **dict.fromkeys(
        ["script-src", "style-src", "img-src", "font-src", "connect-src", "manifest-src", "form-action"], "'self'"
    ),
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
EXACT = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
HSTS = "max-age=63072000; includeSubDomains; preload"
NEVER = ("X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Content-Location", "Via")
VARY = {"Cookie", "Accept-Language", "HX-Request"}
# How many headers are asserted of each answer.
ASSERTED = len(EXACT) + len(NEVER) + len(("CSP", "Permissions-Policy", "Cache-Control", "Vary", "Server", "HSTS"))


def faults(headers: Mapping[str, str], *, tls: bool = False, static: bool = False) -> list[str]:
    """The headers that are missing or not as they should be; [] when all is well."""
    found = [name for name, value in EXACT.items() if headers.get(name) != value]
    found += [name for name in NEVER if name in headers]
    checks = {
        "Content-Security-Policy": policy(headers) == POLICY,
        "Permissions-Policy": features(headers)
        == {**dict.fromkeys(UNUSED_FEATURES, "()"), **dict.fromkeys(OWN_FEATURES, "(self)")},
        "Cache-Control": is_kept_for_ever(headers) if static else is_not_kept(headers),
        "Vary": static or varies_by(headers) >= VARY,
        "Server": re.fullmatch("(gunicorn)?", headers.get("Server", "")) is not None,
        "Strict-Transport-Security": headers.get("Strict-Transport-Security") == (HSTS if tls else None),
    }
    return sorted([*found, *(name for name, is_well in checks.items() if not is_well)])


def policy(headers: Mapping[str, str]) -> dict[str, str]:
    parts = headers.get("Content-Security-Policy", "").split(";")
    return {name: value for name, _space, value in (part.strip().partition(" ") for part in parts if part.strip())}


def features(headers: Mapping[str, str]) -> dict[str, str]:
    parts = headers.get("Permissions-Policy", "").split(",")
    return {name: value for name, _sign, value in (part.strip().partition("=") for part in parts)}


def is_not_kept(headers: Mapping[str, str]) -> bool:
    said = {part.strip() for part in headers.get("Cache-Control", "").split(",")}
    return "no-store" in said and not said & {"public", "immutable"}


def is_kept_for_ever(headers: Mapping[str, str]) -> bool:
    return headers.get("Cache-Control") == "max-age=315360000, public, immutable"


def varies_by(headers: Mapping[str, str]) -> set[str]:
    return {part.strip() for part in headers.get("Vary", "").split(",")}
