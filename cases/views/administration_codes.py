"""Administration of the code lists."""

from collections import defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions import code_lists as actions
from cases.forms_administration import CodeForm, NewCodeForm, OutcomeForm
from cases.models import AgeScheme, AgeSchemeBand, CodeList, CodeListItem, Outcome, OutsideCode
from cases.views.saving import saved
from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission


@requires(Permission.CODES_MANAGE)
@require_safe
def code_lists(_request: HttpRequest) -> HttpResponse:
    """Begin with the first list."""
    return redirect("administration:code_list", name=CodeList.SOURCE.value)


@requires(Permission.CODES_MANAGE)
@require_safe
def code_list(request: HttpRequest, name: str) -> HttpResponse:
    """One list, with what others call its codes."""
    chosen = _list(name)
    outside: defaultdict[str, list[OutsideCode]] = defaultdict(list)
    for outside_code in OutsideCode.objects.filter(code_list=chosen):
        outside[outside_code.code].append(outside_code)
    rows = [(item, outside[item.code]) for item in actions.LISTS[chosen]._default_manager.all()]  # noqa: SLF001
    return render(
        request,
        "administration/code_list.html",
        {
            "list": chosen,
            "rows": rows,
            "is_outcome": chosen is CodeList.OUTCOME,
            "is_extendable": chosen in actions.EXTENDABLE,
            "lists": list(actions.LISTS),
        },
    )


@requires(Permission.CODES_MANAGE)
@require_safe
def age_schemes(request: HttpRequest) -> HttpResponse:
    """The ways of cutting 0 to 17 into bands, to read only: figures of years past were counted in them."""
    bands: defaultdict[str, list[AgeSchemeBand]] = defaultdict(list)
    for band in AgeSchemeBand.objects.select_related("band"):
        bands[band.scheme_id].append(band)
    schemes = [(scheme, bands[scheme.code]) for scheme in AgeScheme.objects.all()]
    return render(request, "administration/age_schemes.html", {"schemes": schemes, "lists": list(actions.LISTS)})


@requires(Permission.CODES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_code(request: HttpRequest, name: str) -> HttpResponseBase:
    """A new code."""
    chosen = _list(name)
    if chosen not in actions.EXTENDABLE:
        raise Http404
    form = NewCodeForm(request.POST or None)
    if saved(request, form, actions.add, code_list=chosen):
        return redirect("administration:code_list", name=chosen.value)
    return render(request, "administration/code.html", {"form": form, "list": chosen})


@requires(Permission.CODES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_code(request: HttpRequest, name: str, code: str) -> HttpResponseBase:
    """Labels, order, whether it is offered; of an outcome not yet used what it counts as."""
    chosen = _list(name)
    item: CodeListItem = get_object_or_404(actions.LISTS[chosen], code=code)
    form = _form_for(item, request)
    if saved(request, form, actions.change, code_list=chosen, code=code):
        return redirect("administration:code_list", name=chosen.value)
    return render(request, "administration/code.html", {"form": form, "list": chosen, "item": item})


def _form_for(item: CodeListItem, request: HttpRequest) -> CodeForm:
    now_so: dict[str, Any] = {name: getattr(item, name) for name in ("label_nl", "label_en", "position", "is_active")}
    if isinstance(item, Outcome) and not actions.is_used(item):
        return OutcomeForm(request.POST or None, initial={**now_so, "counts_as": item.counts_as})
    return CodeForm(request.POST or None, initial=now_so)


def _list(name: str) -> CodeList:
    """The code list of this name; no such page when there is none."""
    for code_list in actions.LISTS:
        if code_list.value == name:
            return code_list
    raise Http404
