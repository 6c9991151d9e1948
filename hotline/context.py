"""What every page's template may rely on."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from hotline.accounts.permissions import Permission


def page(request: HttpRequest) -> dict[str, Any]:
    """``may``: the permissions of the reader by name, ``theme``, ``here``: where a switch of it leads back to,
    whether the data are synthetic, and what the provider is called that people may sign in at, '' without one.
    """
    user = getattr(request, "user", None)
    may = {
        permission.name.lower(): bool(user and user.is_authenticated and user.may(permission))
        for permission in Permission
    }
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {
        "may": may,
        "theme": theme if theme in {"light", "dark"} else "auto",
        "here": request.path,
        "synthetic_data": settings.SYNTHETIC_DATA,
        "provider": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
