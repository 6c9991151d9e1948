"""What is kept for how long, and what was removed last: for administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission
from stats.retention.page import retention_page


@requires(Permission.ADMINISTRATION_VIEW)
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """The policy, the last run, and the months whose records are gone."""
    return render(request, "administration/retention.html", {"page": retention_page()})
