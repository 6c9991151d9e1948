"""The headers that every answer carries, whatever its route and status: pages, refusals, redirects, static files.

:class:`HeadersMiddleware` stands outermost. Django turns an error raised in a middleware into an answer just inside the
next one out, so this one sees the answer to a host that is not ours and to a fault in another middleware too. What the
web server itself answers, to bytes that are no HTTP request, is in :mod:`hotline.web_server`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What a page of ours could ask a browser for and never does. Those of passkeys are for our own pages alone.
UNUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "storage-access", "usb", "xr-spatial-tracking",
)  # fmt: skip
OWN_FEATURES = ("publickey-credentials-create", "publickey-credentials-get")

EVERYWHERE = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in UNUSED_FEATURES), *(f"{name}=(self)" for name in OWN_FEATURES)]
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
NOT_KEPT = "private, no-store"
# What an answer depends on besides its address: who asks and their choices, their browser's language, page or part.
VARIES_BY = ("Cookie", "Accept-Language", "HX-Request")


class HeadersMiddleware:
    """Puts them on; what a view has set itself stays. Nothing but a static file may be kept by a browser or a proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with every header."""
        response = self.get_response(request)
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        if not isinstance(response, WhiteNoiseFileResponse):
            response.headers.setdefault("Cache-Control", NOT_KEPT)
            patch_vary_headers(response, VARIES_BY)
        return response
