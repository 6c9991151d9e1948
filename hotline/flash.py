"""Where the sentence of one page is kept until the next shows it: in a signed cookie of our own name.

Django's default falls back to the session for what is long: then a page that merely shows it would write.
"""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class NamedCookieStorage(CookieStorage):
    """Django's, under a name that a browser holds to this host and to TLS in production."""

    cookie_name = settings.MESSAGE_COOKIE_NAME
