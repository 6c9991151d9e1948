"""The API asks the same permission table as the pages."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from hotline.accounts.access import permission_of
from hotline.accounts.permissions import Permission

if TYPE_CHECKING:  # the views' module reads the settings that name this class: at run time it would be a circle
    from rest_framework.views import APIView

if TYPE_CHECKING:
    # Not at run time: rest_framework.views imports this module while it is being imported itself.
    from rest_framework.views import APIView


class DeclaredPermission(BasePermission):
    """Let in who the API view declares in ``permission``; an undeclared one lets in no one."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether this request may go on to the view."""
        permission = permission_of(type(view), request.method or "GET")
        if permission is None:
            return False
        if permission is Permission.PUBLIC:
            return True
        user = request.user
        return bool(user.is_authenticated and user.may(permission))
