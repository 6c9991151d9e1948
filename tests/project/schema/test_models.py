"""The system check: a model that could hold something else is refused before there is a migration."""

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.checks import run_checks
from django.db import models
from django.db.models import Q
from django.test.utils import isolate_apps

from hotline.metadata_only.findings import Finding, Rule
from hotline.metadata_only.kinds import CODE_SQL, LABEL_SQL
from hotline.metadata_only.model_check import findings_of

NAME = models.CheckConstraint(name="name_is_plain", condition=Q(name__regex=LABEL_SQL))
CODE = models.CheckConstraint(name="code_is_plain", condition=Q(code__regex=CODE_SQL))
KIND = models.CheckConstraint(name="kind_is_known", condition=Q(kind__in=["police"]))
COUNTRY = models.CharField(max_length=32, db_column="country_id")


def recipient(*constraints, table="cases_recipient", module="cases.models.trial", **fields):
    """The table of recipients as a changed model would make it."""
    columns = {
        "code": models.CharField(max_length=32),
        "name": models.CharField(max_length=60),
        "kind": models.CharField(max_length=16),
        "is_active": models.BooleanField(),
        "country_id": models.CharField(max_length=32),
        **fields,
    }
    meta = type("Meta", (), {"app_label": "trial", "db_table": table, "constraints": constraints or (CODE, NAME, KIND)})
    columns = {name: field for name, field in columns.items() if field is not None}
    return type("Trial", (models.Model,), {"__module__": module, "Meta": meta, **columns})


def test_models_are_as_the_list_says():
    assert [message for message in run_checks() if message.id == "metadata_only.E001"] == []


@isolate_apps()
def test_the_trial_model_is_right_before_it_is_changed():
    assert findings_of([recipient()]) == []


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        (models.TextField(), Rule.TYPE),
        (models.CharField(max_length=61), Rule.TYPE),
        (models.CharField(), Rule.TYPE),
        (models.JSONField(), Rule.TYPE),
        (models.BinaryField(), Rule.TYPE),
        (models.GenericIPAddressField(), Rule.TYPE),
        (ArrayField(models.CharField(max_length=60)), Rule.TYPE),
        (models.FileField(max_length=60), Rule.FREE_TEXT),
        (models.ImageField(max_length=60), Rule.FREE_TEXT),
        (models.FilePathField(max_length=60), Rule.FREE_TEXT),
        (models.URLField(max_length=60), Rule.FREE_TEXT),
        (models.EmailField(max_length=60), Rule.FREE_TEXT),
        (models.CharField(max_length=60, db_comment="a text"), Rule.COMMENT),
        (None, Rule.MISSING),
    ],
)
@isolate_apps()
def test_a_field_of_another_kind_is_told(field, rule):
    constraints = (CODE, KIND) if field is None else (CODE, NAME, KIND)
    assert Finding("cases_recipient.name", rule) in findings_of([recipient(*constraints, name=field)])


@pytest.mark.parametrize(
    "condition",
    [
        Q(name__regex="^.{2,60}$"),
        Q(name__regex=LABEL_SQL) | Q(is_active=True),
        ~Q(name__regex=LABEL_SQL),
        Q(name__iregex=LABEL_SQL),
        Q(name__contains="a"),
    ],
)
@isolate_apps()
def test_a_weaker_pattern_is_told(condition):
    weaker = models.CheckConstraint(name="name_is_plain", condition=condition)
    assert findings_of([recipient(CODE, weaker, KIND)]) == [Finding("cases_recipient.name", Rule.PATTERN)]


@isolate_apps()
def test_a_list_of_something_else_than_codes_is_told():
    other = models.CheckConstraint(name="kind_is_known", condition=Q(kind__in=["police", "https://x.example/"]))
    assert findings_of([recipient(CODE, NAME, other)]) == [Finding("cases_recipient.kind", Rule.LISTED)]


@isolate_apps()
def test_a_new_column_is_told():
    found = findings_of([recipient(note=models.CharField(max_length=10))])
    assert found == [Finding("cases_recipient.note", Rule.UNLISTED)]


@isolate_apps()
def test_a_table_of_another_application_is_told():
    found = findings_of([recipient(table="other_note", module="other.models")])
    assert found == [Finding("other_note", Rule.UNLISTED)]
