"""Each route declares who may enter. An undeclared route is refused to everyone, and fails a test.

A class-based view has ``permission = Permission.X``, or a mapping of method to permission; a function
view is decorated with ``@requires(...)``.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from hotline.accounts.models import User
from hotline.accounts.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])
Declaration = Permission | Mapping[str, Permission]


def requires(declaration: Declaration) -> Callable[[F], F]:
    """Declare on a function view who may enter."""

    def declare(view: F) -> F:
        view.permission = declaration  # type: ignore[attr-defined]
        return view

    return declare


def permission_of(view: Callable[..., Any], method: str) -> Permission | None:
    """The permission that this view declares for this method, or None when it declares nothing."""
    holder: Any = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    declaration: Declaration | None = getattr(holder, "permission", None)
    if isinstance(declaration, Mapping):
        return declaration.get("GET" if method in {"HEAD", "OPTIONS"} else method)
    return declaration


def signed_in(request: HttpRequest) -> User:
    """Who asks, on a page that only people who are signed in reach.

    Raises ``PermissionDenied`` for no one: a view that declares PUBLIC has to ask first.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
