"""Exports: asked for, watched while they are made, and had again until they expire."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from stats.exports.forms import CONTENT_TYPES
from stats.forms_releases import ExportForm
from stats.jobs import queue as jobs
from stats.models import ExportJob, JobState, Kind
from stats.pages import exports as export_pages
from stats.pages import releases as release_pages
from stats.releases.reading import UnknownReleaseError


@requires(Permission.RELEASES_EXPORT)
@require_POST
def release_export(request: HttpRequest, number: int) -> HttpResponseBase:
    """A document of a release: at once, or where that takes seconds, by a job. As it may leave the house."""
    by = signed_in(request)
    try:
        form = ExportForm(request.POST)
        if not form.is_valid():
            page = release_pages.release_page(number, exact=by.may(Permission.RELEASES_EXACT))
            return render(request, "stats/release.html", {"page": page, "form": form})
        document, file_form, language = form.wanted()
        made = jobs.document_now_or_later(number, document, file_form, language, by=by, now=timezone.now())
    except UnknownReleaseError as error:
        raise Http404 from error
    return redirect("stats:export_job", key=made.key) if isinstance(made, ExportJob) else _file(made)


@requires(Permission.RELEASES_EXPORT)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """My exports; an administrator's page shows everybody's."""
    page = export_pages.exports_page(signed_in(request), now=timezone.now())
    # The list asks for itself while something is being made.
    name = "stats/_export_list.html" if request.headers.get("HX-Request") else "stats/exports.html"
    return render(request, name, {"page": page})


@requires(Permission.RELEASES_EXPORT)
@require_safe
def export_job(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """One export or freeze; a finished freeze leads to its release."""
    shown = export_pages.shown_job(_job(request, key), signed_in(request), now=timezone.now())
    is_part = bool(request.headers.get("HX-Request"))
    if shown.job.kind == Kind.FREEZE and shown.job.state == JobState.DONE:
        answer = redirect("stats:release", number=shown.job.release_id)
        if not is_part:
            return answer
        return HttpResponse(headers={"HX-Redirect": answer["Location"]})
    name = "stats/_export_progress.html" if is_part else "stats/export_job.html"
    return render(request, name, {"shown": shown})


def _job(request: HttpRequest, key: uuid.UUID) -> ExportJob:
    try:
        return jobs.job_of(key, signed_in(request))
    except jobs.UnknownJobError as error:
        raise Http404 from error


@requires(Permission.RELEASES_EXPORT)
@require_POST
def export_cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Stop one that is not finished."""
    try:
        was_in_time = jobs.cancel(key, by=signed_in(request), now=timezone.now())
    except jobs.UnknownJobError as error:
        raise Http404 from error
    if not was_in_time:
        messages.warning(request, _("It was already finished: there was nothing to cancel."))
    return redirect("stats:export_job", key=key)


@requires(Permission.RELEASES_EXPORT)
@require_POST
def export_again(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Try one again that was cancelled or failed."""
    try:
        job = jobs.try_again(key, by=signed_in(request), now=timezone.now())
    except jobs.UnknownJobError as error:
        raise Http404 from error
    return redirect("stats:export_job", key=job.key)


@requires(Permission.RELEASES_EXPORT)
@require_POST
def export_download(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """A finished one's file; that it was taken is in the audit log, so it is never taken by a mere link."""
    try:
        return _file(jobs.take(key, by=signed_in(request), now=timezone.now()))
    except jobs.UnknownJobError as error:
        raise Http404 from error
    except jobs.NoFileError:
        messages.warning(request, _("There is no file: it was not finished, or it has expired. It can be made anew."))
        return redirect("stats:export_job", key=key)


def _file(file: jobs.File) -> HttpResponse:
    return HttpResponse(
        file.content,
        content_type=CONTENT_TYPES[file.form],
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
