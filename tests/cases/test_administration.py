"""Recipients, code lists and the coverage ledger: the pages and their actions."""

from datetime import date

import pytest
from django.urls import reverse

from cases.actions import code_lists, coverage, recipients
from cases.actions.errors import ActionError, NotAllowedError
from cases.codes import Dimension
from cases.models import AuditEvent, CodeList, CoveragePeriod, Outcome, Recipient, Source
from hotline.accounts.permissions import Role
from tests import make
from tests.make import NOW


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def logged() -> tuple:
    event = AuditEvent.objects.latest("pk")
    return event.verb, event.subject, event.subject_key, event.changes


def test_a_recipient_is_added_and_audited_without_its_name(office):
    typed = {"name": "Example Hosting BV", "kind": "hosting_provider", "country": "NL"}
    assert office.post(reverse("administration:recipient_add"), typed).status_code == 302
    recipient = Recipient.objects.get()
    assert (recipient.name, recipient.kind, recipient.country_id) == ("Example Hosting BV", "hosting_provider", "NL")
    changes = {"kind": [None, "hosting_provider"], "country": [None, "NL"], "is_active": [None, "yes"]}
    assert logged() == ("recipient_add", "recipient", str(recipient.pk), changes)


@pytest.mark.parametrize(
    "name",
    ["https://example.org", "example.org", "192.168.0.1", "a@b.example", "d41d8cd98f00b204e9800998ecf8427e", "x"],
)
def test_a_recipients_name_is_no_address_and_no_hash(office, name):
    answer = office.post(reverse("administration:recipient_add"), {"name": name, "kind": "platform"})
    assert answer.status_code == 200
    assert not Recipient.objects.exists()


def test_two_recipients_can_not_bear_one_name(office):
    make.recipient("Example Hosting")
    answer = office.post(reverse("administration:recipient_add"), {"name": "example hosting", "kind": "platform"})
    assert "There is a recipient of this name already." in answer.content.decode()


def test_a_recipient_is_called_by_its_code_or_one_made_of_its_name(office):
    page = reverse("administration:recipient_add")
    for name, code in (("Example Hosting", "trial_host"), ("Exämple-Platform (EU)", ""), ("Example Platform EU", "")):
        assert office.post(page, {"name": name, "code": code, "kind": "platform"}).status_code == 302
    codes = Recipient.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["trial_host", "example_platform_eu", "example_platform_eu_2"]
    shown = office.get(reverse("administration:recipients")).content.decode()
    assert all(f"<code>{code}</code>" in shown for code in codes)


@pytest.mark.parametrize("code", ["Trial", "trial__host", "host.example", "a1b2c3d4e5f6", "x" * 33, "trial_host"])
def test_a_recipients_code_is_a_plain_code_of_its_own(office, code):
    make.recipient("Example Hosting", code="trial_host")
    answer = office.post(reverse("administration:recipient_add"), {"name": "Other", "code": code, "kind": "platform"})
    assert answer.status_code == 200
    assert Recipient.objects.count() == 1


def test_a_recipients_code_stays_when_its_name_changes(office):
    recipient = make.recipient("Example Hosting")
    page = reverse("administration:recipient_change", args=[recipient.pk])
    assert "<code>example_hosting</code>" in office.get(page).content.decode()
    office.post(page, {"name": "Other Name", "code": "other", "kind": recipient.kind})
    recipient.refresh_from_db()
    assert (recipient.name, recipient.code) == ("Other Name", "example_hosting")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Example Hosting", "example_hosting"),
        ("4Hosting", "recipient"),
        ("Hosting4Everybody", "recipient"),
        ("A" * 30 + " " + "B" * 29, "a" * 27),
        ("Ünïcode & Co", "unicode_co"),
    ],
)
def test_a_code_is_made_from_a_name(name, code):
    assert recipients.code_from(name, ()) == code
    assert recipients.code_from(name, {code}) == f"{code}_2"


def test_a_recipient_is_renamed_and_no_longer_offered(office):
    recipient = make.recipient()
    page = reverse("administration:recipient_change", args=[recipient.pk])
    office.post(page, {"name": "Other Name", "kind": recipient.kind})
    recipient.refresh_from_db()
    assert (recipient.name, recipient.is_active) == ("Other Name", False)
    assert logged()[3] == {"is_active": ["yes", "no"], "name": [None, "changed"]}


def test_a_source_is_added(office):
    typed = {"code": "bank", "label_nl": "bank", "label_en": "bank", "position": "80"}
    assert office.post(reverse("administration:code_add", args=["source"]), typed).status_code == 302
    assert Source.objects.get(pk="bank").position == 80
    assert logged()[:3] == ("code_add", "source", "bank")


@pytest.mark.parametrize("name", ["outcome", "sex", "age_band", "hosting_country", "nonsense"])
def test_other_lists_take_no_new_codes(office, administrator, name):
    assert office.get(reverse("administration:code_add", args=[name])).status_code == 404
    if name in code_lists.LISTS:
        with pytest.raises(code_lists.NotExtendableError):
            code_lists.add(
                by=administrator,
                now=NOW,
                code_list=CodeList(name),
                code="new",
                label_nl="nieuw",
                label_en="new",
                position=1,
            )


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("Upper", code_lists.CodeError),
        ("not_recorded", code_lists.CodeError),
        ("trailing_", code_lists.CodeError),
        ("line\n", code_lists.CodeError),
        ("x" * 33, code_lists.CodeError),
        ("public", code_lists.CodeTakenError),
    ],
)
def test_a_code_is_plain_and_new(administrator, code, error):
    with pytest.raises(error):
        code_lists.add(
            by=administrator,
            now=NOW,
            code_list=CodeList.SOURCE,
            code=code,
            label_nl="nieuw",
            label_en="new",
            position=1,
        )


def test_what_an_outcome_counts_as_is_fixed_once_it_was_used(office, administrator):
    page = reverse("administration:code_change", args=["outcome", "no_access"])
    typed = {"label_nl": "geen toegang", "label_en": "no access", "position": "50", "is_active": "on"}
    office.post(page, {**typed, "counts_as": "out_of_remit"})
    assert Outcome.objects.get(pk="no_access").counts_as == "out_of_remit"
    assert logged() == ("code_change", "outcome", "no_access", {"counts_as": ["unassessable", "out_of_remit"]})
    make.report(make.tally("no_access"))
    assert 'name="counts_as"' not in office.get(page).content.decode()
    with pytest.raises(code_lists.CountsAsFixedError):
        code_lists.change(
            by=administrator, now=NOW, code_list=CodeList.OUTCOME, code="no_access", counts_as="unassessable"
        )


def test_a_label_is_logged_as_changed_and_not_what_it_says(office):
    page = reverse("administration:code_change", args=["source", "public"])
    office.post(page, {"label_nl": "burgers", "label_en": "public", "position": "10", "is_active": "on"})
    assert Source.objects.get(pk="public").label_nl == "burgers"
    assert logged()[3] == {"label_nl": [None, "changed"]}


def test_every_list_and_the_age_schemes_can_be_read(office):
    for name in code_lists.LISTS:
        assert office.get(reverse("administration:code_list", args=[name])).status_code == 200
    page = office.get(reverse("administration:age_schemes")).content.decode()
    assert "pre-pubescent" in page
    assert "<input" not in page.partition("<main")[2]
    assert "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL" in office.get("/administration/code-lists/outcome/").content.decode()


@pytest.fixture
def sex(db) -> CoveragePeriod:
    CoveragePeriod.objects.filter(dimension=Dimension.SEX).delete()
    return CoveragePeriod.objects.create(
        dimension=Dimension.SEX, from_date=date(2023, 8, 1), to_date=date(2023, 12, 31)
    )


def test_a_period_is_added_ended_and_removed_each_time_audited(office, sex):
    page = reverse("administration:coverage_add")
    assert office.post(page, {"dimension": "sex", "from_date": "2024-01-01", "to_date": ""}).status_code == 302
    added = CoveragePeriod.objects.get(dimension="sex", to_date=None)
    office.post(
        reverse("administration:coverage_change", args=[added.pk]), {"from_date": "2024-01-01", "to_date": "2024-06-30"}
    )
    assert logged() == ("coverage_change", "coverage", f"sex-{added.pk}", {"to_date": [None, "2024-06-30"]})
    office.post(reverse("administration:coverage_remove", args=[added.pk]))
    assert list(CoveragePeriod.objects.filter(dimension="sex")) == [sex]
    gone = {"dimension": ["sex", None], "from_date": ["2024-01-01", None], "to_date": ["2024-06-30", None]}
    assert logged() == ("coverage_remove", "coverage", f"sex-{added.pk}", gone)


@pytest.mark.parametrize(
    ("from_date", "to_date", "rule"),
    [
        (date(2023, 12, 31), None, "overlap"),
        (date(2023, 1, 1), date(2023, 8, 1), "overlap"),
        (date(2023, 9, 1), date(2023, 9, 2), "overlap"),
        (date(2024, 2, 1), date(2024, 1, 31), "before_from"),
        (date(1989, 12, 31), date(1990, 1, 31), "too_early"),
    ],
)
def test_periods_of_a_dimension_do_not_overlap_and_are_not_upside_down(administrator, sex, from_date, to_date, rule):
    with pytest.raises(ActionError) as refused:
        coverage.add(by=administrator, now=NOW, dimension=Dimension.SEX, from_date=from_date, to_date=to_date)
    assert refused.value.rule == rule
    assert not AuditEvent.objects.exists()


def test_the_page_shows_full_partly_and_not(office, sex):
    sex.from_date = date(2023, 8, 15)
    sex.save()
    page = office.get(reverse("administration:coverage")).content.decode()
    assert page.count("matrix__cell--partly") >= 2
    assert "15 Aug 2023 to 31 Dec 2023" in page


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.AUDITOR, Role.READER])
def test_actions_refuse_who_may_not(db, role):
    person, recipient, period = make.user(role), make.recipient(), CoveragePeriod.objects.earliest("pk")
    with pytest.raises(NotAllowedError):
        recipients.add(by=person, now=NOW, name="Somebody", kind="police", country=None)
    with pytest.raises(NotAllowedError):
        recipients.change(
            by=person, now=NOW, recipient=recipient, name="Somebody", kind="police", country=None, is_active=True
        )
    with pytest.raises(NotAllowedError):
        code_lists.change(by=person, now=NOW, code_list=CodeList.SOURCE, code="public", position=1)
    with pytest.raises(NotAllowedError):
        coverage.change(by=person, now=NOW, period=period, from_date=date(2020, 1, 1), to_date=None)
    with pytest.raises(NotAllowedError):
        coverage.remove(by=person, now=NOW, period=period)
