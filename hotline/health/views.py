"""Whether all is well: for a monitor, and for administrators."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission
from hotline.health.alarms import findings
from hotline.health.answers import answer
from hotline.health.looking import look
from hotline.health.metrics import CONTENT_TYPE, exposition
from hotline.health.words import line


@requires(Permission.PUBLIC)
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """How things stand, in numbers: 200, or 503 when something is wrong. Within some seconds, whatever hangs."""
    said = answer(look(now=timezone.now()))
    return JsonResponse(said, status=HTTPStatus.OK if said["ready"] else HTTPStatus.SERVICE_UNAVAILABLE)


@requires(Permission.ADMINISTRATION_VIEW)
@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """The same and more, for Prometheus: administrators, and who shows METRICS_TOKEN (hotline.health.middleware)."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


@requires(Permission.ADMINISTRATION_VIEW)
@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    """Is all well: what is wrong, since when, what to do; and what was looked at and is good."""
    now = timezone.now()
    found = findings(look(now=now))
    wrong = [line(finding) for finding in found if finding.is_alarm]
    others = [line(finding) for finding in found if not finding.is_alarm]
    return render(request, "administration/alarms.html", {"wrong": wrong, "others": others, "now": now})
