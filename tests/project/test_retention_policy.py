"""Every field of every table has a rule of retention, and every rule that the clock applies has its sweep."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from hotline import retention_policy
from hotline.retention_policy import POLICY, RULES, rule_of
from hotline.settings import years
from stats.retention.sweeps import SWEEPS


def fields() -> set[tuple[str, str]]:
    """Every field of every model, third parties' and the tables between two models too."""
    models = apps.get_models(include_auto_created=True)
    return {(model._meta.label, field.name) for model in models for field in model._meta.concrete_fields}


def undeclared() -> list[tuple[str, str]]:
    return sorted((model, field) for model, field in fields() if rule_of(model, field) not in RULES)


def test_every_field_has_a_rule():
    assert undeclared() == []


def test_a_field_without_a_rule_is_found(monkeypatch):
    report = {"report": POLICY["cases.Report"]["report"].replace("url_count", "")}
    monkeypatch.setattr(retention_policy, "POLICY", {**POLICY, "cases.Report": report})
    assert undeclared() == [("cases.Report", "url_count")]


def test_no_rule_is_of_a_field_that_is_not_there_or_twice():
    told = [(model, field) for model, rules in POLICY.items() for names in rules.values() for field in names.split()]
    assert sorted(told) == sorted(fields())


def test_every_sweep_has_its_rule_and_every_rule_its_sweeps():
    assert sorted(sweep for rule in RULES.values() for sweep in rule.sweeps) == sorted(sweep.key for sweep in SWEEPS)
    assert {rule for rules in POLICY.values() for rule in rules} == RULES.keys()


def test_the_document_is_what_the_policy_says():
    call_command("retention_doc", "--check")


@pytest.mark.parametrize("given", ["0", "101", "-1", "seven", "1.5", "\u0667"])
def test_settings_refuse_what_is_no_number_of_years(monkeypatch, given):
    monkeypatch.setenv("HOTLINE_AUDIT_YEARS", given)
    with pytest.raises(ImproperlyConfigured, match="from 1 to 100"):
        years("HOTLINE_AUDIT_YEARS")


@pytest.mark.parametrize(("given", "meant"), [("", None), ("1", 1), ("100", 100)])
def test_settings_take_a_number_of_years_or_nothing(monkeypatch, given, meant):
    monkeypatch.setenv("HOTLINE_AUDIT_YEARS", given)
    assert years("HOTLINE_AUDIT_YEARS") == meant
