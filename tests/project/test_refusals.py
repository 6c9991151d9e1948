"""What was refused is said back nowhere: not on the page, not in a redirect, not in the application's log, not in the
audit log. A canary is posted at every field of every form the pages show, and at fields they do not have."""

import logging
import re
from datetime import date

import pytest
from django.forms import DecimalField, FloatField, IntegerField
from django.urls import reverse

from cases.actions import referrals
from cases.actions.referrals import Sending
from cases.models import AuditEvent, CoveragePeriod
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.forms import DayField, MetadataForm, WholeNumberField
from hotline.logs import JsonLines
from tests import make

CANARY = "https://canary-7q9.example/xyz"  # ends like a code, for patterns that are searched instead of matched
MARK = "canary-7q9"
FIELD = re.compile(r'name="([A-Za-z0-9_-]+)"')

# Route, role, and what its path needs. The queue's and the log's filters are sent with GET.
POSTED = [
    ("accounts:sign_in", None),
    ("accounts:password", Role.ANALYST),
    ("accounts:language", Role.ANALYST),
    ("accounts:theme", Role.ANALYST),
    ("accounts:confirm", Role.ANALYST),
    ("administration:factors", Role.ADMINISTRATOR),
    ("administration:user_add", Role.ADMINISTRATOR),
    ("administration:user_change", Role.ADMINISTRATOR),
    ("administration:recipient_add", Role.ADMINISTRATOR),
    ("administration:recipient_change", Role.ADMINISTRATOR),
    ("administration:code_add", Role.ADMINISTRATOR),
    ("administration:code_change", Role.ADMINISTRATOR),
    ("administration:coverage_add", Role.ADMINISTRATOR),
    ("administration:coverage_change", Role.ADMINISTRATOR),
    ("administration:total_add", Role.ADMINISTRATOR),
    ("administration:rule_add", Role.ADMINISTRATOR),
    ("cases:log", Role.ANALYST),
    ("cases:findings", Role.ANALYST),
    ("cases:amend", Role.ANALYST),
    ("cases:refer", Role.ANALYST),
    ("cases:void", Role.ANALYST),
    ("cases:answer", Role.ANALYST),
    ("stats:release_draft", Role.ADMINISTRATOR),
]
ASKED = [
    ("cases:audit_log", Role.AUDITOR),
    ("cases:queue", Role.LEAD),
    ("cases:find", Role.ANALYST),
    ("stats:months", Role.LEAD),
    ("stats:year", Role.LEAD),
    ("stats:releases", Role.LEAD),
    ("stats:trend", Role.LEAD),
    ("accounts:sign_in", None),
]


@pytest.fixture
def paths(db) -> dict[str, str]:
    report, recipient, person = make.report(), make.recipient(), make.user()
    referred = make.report(make.tally(url_count=10))
    sending = Sending(recipient=recipient, url_count=1, sent_date=make.NOW.date())
    referral = referrals.send(by=person, now=make.NOW, report=referred, sending=sending)
    kwargs = {
        "cases:answer": {"pk": referred.pk, "referral_pk": referral.pk},
        "stats:year": {"year": 2024},
        "administration:user_change": {"pk": person.pk},
        "administration:recipient_change": {"pk": recipient.pk},
        "administration:code_add": {"name": "source"},
        "administration:code_change": {"name": "outcome", "code": "no_access"},
        "administration:coverage_change": {"pk": CoveragePeriod.objects.earliest("pk").pk},
    } | {name: {"pk": report.pk} for name in ("cases:findings", "cases:amend", "cases:refer", "cases:void")}
    found = {name: reverse(name, kwargs=kwargs.get(name)) for name, _role in POSTED + ASKED}
    return found | {"stats:release_draft": found["stats:release_draft"] + "?period=2024"}


def signed_in(client, role):
    if role:
        client.force_login(make.user(role))
    return client


def said(answer, caplog) -> str:
    """All that an answer and the logs say."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    log = " ".join(map(JsonLines().format, caplog.records))
    chain = " ".join(str(step) for step in getattr(answer, "redirect_chain", ()))
    return " ".join([answer.content.decode(), headers, chain, log, str(list(AuditEvent.objects.values()))])


@pytest.mark.parametrize(("name", "role"), POSTED)
def test_a_posted_value_that_is_refused_is_said_nowhere(client, paths, caplog, name, role):
    caplog.set_level(logging.DEBUG)
    client = signed_in(client, role)
    page = client.get(paths[name])
    fields = set(FIELD.findall(page.content.decode())) - {"csrfmiddlewaretoken", "viewport", "robots"}
    count = User.objects.count()
    for typed in [dict.fromkeys(fields, CANARY), *({field: CANARY} for field in fields), {"comment": CANARY}]:
        answer = client.post(paths[name], typed, follow=True)
        assert answer.status_code < 500
        assert MARK not in said(answer, caplog)
    assert User.objects.count() == count


@pytest.mark.parametrize(("name", "role"), ASKED)
def test_a_filter_that_is_refused_is_said_nowhere(client, paths, name, role):
    client = signed_in(client, role)
    fields = set(FIELD.findall(client.get(paths[name]).content.decode())) - {"csrfmiddlewaretoken"}
    for field in [*fields, "older", "newer", "next"]:
        answer = client.get(paths[name], {field: CANARY}, follow=True)
        assert answer.status_code < 500
        # The address that was asked for may stand in the address of the page itself, which the reader typed.
        assert MARK not in answer.content.decode()


@pytest.mark.parametrize("path", [f"/{CANARY}", f"/queue/{MARK}/", f"/years/{MARK}/", f"/reports/{MARK}/"])
def test_an_address_that_leads_nowhere_is_said_nowhere(client, db, caplog, path):
    answer = signed_in(client, Role.LEAD).get(path)
    assert answer.status_code == 404
    assert MARK not in said(answer, caplog)


@pytest.mark.usefixtures("db")
def test_a_host_that_is_not_ours_is_said_nowhere(client, caplog):
    answer = client.get("/", headers={"host": f"{MARK}.example"})
    assert answer.status_code == 400
    assert MARK not in said(answer, caplog)


class Everything(MetadataForm):
    count = WholeNumberField()
    day = DayField()


@pytest.mark.parametrize("typed", ["\uff11\uff12", "-1", "1.000", "1e3", "12\n3", "1_0", "99999999", "1000001", "²"])
def test_a_whole_number_is_digits_and_nothing_else(typed):
    form = Everything({"count": typed, "day": "2024-01-31"})
    assert list(form.errors) == ["count"]
    assert f'value="{typed}"' not in str(form)


@pytest.mark.parametrize(
    "typed", ["\uff12024-01-31", "31-01-2024", "2024-1-31", "2024-02-30", "2024-01-31T00:00", "2024-01-3\uff11"]
)
def test_a_day_is_an_iso_date_and_nothing_else(typed):
    form = Everything({"count": "1", "day": typed})
    assert list(form.errors) == ["day"]
    assert typed not in str(form)


def test_what_was_right_is_drawn_again():
    form = Everything({"count": "12", "day": "nonsense"})
    assert not form.is_valid()
    assert 'value="12"' in str(form["count"])
    assert form.fields["count"].clean("12") == 12
    assert form.fields["day"].clean("2024-01-31") == date(2024, 1, 31)


def test_no_form_has_a_number_field_that_takes_signs_or_long_numbers():
    """Django's own takes '+0900314159' and draws it again; a telephone number would pass."""
    forms = [cls for cls in _below(MetadataForm) if cls.__module__.startswith(("hotline", "cases", "stats"))]
    plain = [f"{cls.__name__}.{name}" for cls in forms for name, field in cls.base_fields.items()
             if type(field) in {IntegerField, FloatField, DecimalField}]  # fmt: skip
    assert forms
    assert plain == []


def _below(cls):
    return [one for sub in cls.__subclasses__() for one in (sub, *_below(sub))]
