"""Pages of releases: the list, one release, a draft, what differs, what came in late, the press sheet."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.errors import ActionError
from cases.actions.keys import Answer
from cases.views.keyed import Sent
from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from stats.forms_releases import ExportForm, FreezeForm, OnForm, day_of, freeze_form, period_form, table_form
from stats.jobs import queue as jobs
from stats.pages import counts as pages
from stats.pages import differences as difference_pages
from stats.pages import draft as draft_pages
from stats.pages import releases as release_pages
from stats.periods import Period, PeriodError
from stats.releases.freeze import FreezeError
from stats.releases.reading import UnknownReleaseError
from stats.releases.sides import DifferentPeriodsError


def _years() -> list[int]:
    return [year.year for year in pages.years_known(now=timezone.now(), start_month=1)]


@requires(Permission.RELEASES_VIEW)
@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Every release; and as published on a day."""
    on = OnForm(request.GET if "on" in request.GET else None)
    context = {
        "page": release_pages.releases_page(on=day_of(on)),
        "on_form": on,
        # Which years there are is told by what is counted now: for those alone who may see that.
        "period_form": period_form(_years()) if signed_in(request).may(Permission.RELEASES_EXACT) else None,
    }
    return render(request, "stats/releases.html", context)


@requires(Permission.RELEASES_VIEW)
@require_safe
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: exact for those inside the house, else as it was published."""
    exact = signed_in(request).may(Permission.RELEASES_EXACT)
    try:
        page = release_pages.release_page(number, exact=exact)
    except UnknownReleaseError as error:
        raise Http404 from error
    return render(request, "stats/release.html", {"page": page, "form": export_form()})


def export_form() -> ExportForm:
    """The form of exports as it is first shown: a PDF of the tables, in the reader's language."""
    return ExportForm(initial={"language": translation.get_language()})


@requires({"GET": Permission.RELEASES_EXACT, "POST": Permission.RELEASES_FREEZE})
@require_http_methods(["GET", "HEAD", "POST"])
def release_draft(request: HttpRequest) -> HttpResponseBase:
    """What would be frozen of a period; and freeze it."""
    if "length" in request.GET:
        chosen = period_form(_years(), request.GET)
        if not chosen.is_valid():
            return redirect("stats:releases")
        return redirect(f"{reverse('stats:release_draft')}?period={chosen.period()}")
    try:
        period = Period.parse(request.GET.get("period", ""))
    except PeriodError as error:
        raise Http404 from error
    sent, now = Sent(request), timezone.now()
    earlier = sent.earlier()
    if earlier:
        return redirect("stats:export_job", key=earlier.subject_key)
    page = draft_pages.draft_page(period, now=now)
    form = freeze_form(page.possible, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = _ask_for_freeze(sent, form, period, now=now)
        if asked:
            return redirect("stats:export_job", key=asked.subject_key)
    return render(request, "stats/release_draft.html", {"page": page, "form": form})


def _ask_for_freeze(sent: Sent, form: FreezeForm, period: Period, *, now: datetime) -> Answer | None:
    """Have it frozen, once; None when that was refused, and the form says why."""
    status, reason = form.wanted()
    try:
        return sent.once(lambda: jobs.ask_for_freeze(period, status, reason, by=sent.by, now=now))
    except ActionError as error:
        form.add_error(None, error.message)
    except FreezeError as error:
        form.add_error(None, str(error))
    return None


@requires(Permission.RELEASES_EXACT)
@require_safe
def release_differences(request: HttpRequest, number: int) -> HttpResponse:
    """What differs between a release and what is counted now."""
    try:
        page = difference_pages.differences_now(number, table=request.GET.get("table", ""), now=timezone.now())
    except UnknownReleaseError as error:
        raise Http404 from error
    return _differences(request, page)


@requires(Permission.RELEASES_VIEW)
@require_safe
def release_differences_between(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """What differs between two releases of one period."""
    exact = signed_in(request).may(Permission.RELEASES_EXACT)
    table = request.GET.get("table", "")
    try:
        page = difference_pages.differences_between(number, other, table=table, exact=exact)
    except (UnknownReleaseError, DifferentPeriodsError) as error:
        raise Http404 from error
    return _differences(request, page)


def _differences(request: HttpRequest, page: difference_pages.DifferencesPage) -> HttpResponse:
    form = table_form(list(page.tables), page.chosen)
    return render(request, "stats/release_differences.html", {"page": page, "form": form})


@requires(Permission.FIGURES_VIEW)
@require_safe
def late_entries(request: HttpRequest) -> HttpResponse:
    """How many reports of closed months came in afterwards."""
    return render(request, "stats/release_late.html", {"page": difference_pages.late_page(now=timezone.now())})


@requires(Permission.RELEASES_VIEW)
@require_safe
def release_press(request: HttpRequest, number: int) -> HttpResponse:
    """The press sheet, in the reader's language or the other."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    try:
        page = release_pages.press_page(number, language=language)
    except UnknownReleaseError as error:
        raise Http404 from error
    tabs = [
        {"url": f"?language={code}", "label": name, "current": code == language}
        for code, name in (("nl", "Nederlands"), ("en", "English"))
    ]
    return render(request, "stats/release_press.html", {"page": page, "tabs": tabs})
