"""Administration of the ledger of counting rules."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.saving import done, saved
from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from stats.history import rule_actions as actions
from stats.history.rule_forms import NewRuleForm, RuleMonthsForm
from stats.models import CountingRule
from stats.pages.history import rule_lines


@requires(Permission.RULES_MANAGE)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Each figure with several versions of its rule: what they count, and from when to when they are in force."""
    return render(request, "administration/counting_rules.html", {"rules": rule_lines()})


@requires(Permission.RULES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_rule(request: HttpRequest) -> HttpResponseBase:
    """A new entry."""
    form = NewRuleForm(request.POST or None)
    if saved(request, form, actions.add):
        return redirect("administration:rules")
    return render(request, "administration/counting_rule.html", {"form": form})


@requires(Permission.RULES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put its months right, or end it."""
    entry = get_object_or_404(CountingRule, pk=pk)
    form = RuleMonthsForm(request.POST or None, initial={"from_month": entry.from_month, "to_month": entry.to_month})
    if saved(request, form, actions.change, entry=entry):
        return redirect("administration:rules")
    return render(request, "administration/counting_rule.html", {"form": form, "entry": entry})


@requires(Permission.RULES_MANAGE)
@require_POST
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry out."""

    def remove() -> CountingRule:
        entry: CountingRule = get_object_or_404(CountingRule, pk=pk)
        actions.remove(by=signed_in(request), now=timezone.now(), entry=entry)
        return entry

    done(request, remove, said=_("Removed. It can be entered again."))
    return redirect("administration:rules")
