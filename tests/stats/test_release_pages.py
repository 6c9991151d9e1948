"""The pages of releases: what each role sees of one, what was in force when, what differs and why."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from cases.models import AuditEvent, CoveragePeriod, Report
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from stats.models import ExportJob, Release
from stats.pages import differences as difference_pages
from stats.pages import draft as draft_pages
from stats.pages import releases as release_pages
from stats.periods import Period
from stats.publication import ReleaseStatus
from stats.tasks import verify_releases
from tests import make
from tests.stats.records import finding, report
from tests.stats.releases.small import FROZEN_AT, fill, frozen

pytestmark = pytest.mark.django_db
REVISED_AT = FROZEN_AT + timedelta(days=50)
NOW = FROZEN_AT + timedelta(days=60)


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """March 2024: provisional, final, and after eight late reports revised. Made once, and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        frozen(status="provisional", now=FROZEN_AT - timedelta(days=9))
        administrator = make.user(Role.ADMINISTRATOR, name="Ada Example")
        frozen(status="final", by=administrator)
        for _late in range(8):
            late = report("2024-03-20", url_count=2, state="closed", entered_at=FROZEN_AT + timedelta(days=5))
            finding(late, 2, sex="girls", age_band="6-9", self_generated="yes")
        frozen(status="revised", reason="late_entry", now=REVISED_AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def at_now(published, db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browse():
    """A browser of somebody of a role."""

    def open_browser(role: Role) -> Client:
        browser = Client()
        browser.force_login(make.user(role))
        return browser

    return open_browser


def text_of(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_list_has_every_release_the_newest_first(browse):
    content = browse(Role.READER).get("/releases/").content.decode()
    assert re.findall(r'<a href="/releases/([0-9]+)/">March 2024', content) == ["3", "2", "1"]
    said = text_of(browse(Role.READER).get("/releases/"))
    assert "revised (1): late entry" in said
    for digest in Release.objects.values_list("digest", flat=True):
        assert digest[:12] in said


@pytest.mark.parametrize(
    ("day", "number"),
    [("2025-03-31", None), ("2025-04-01", 1), ("2025-04-10", 2), ("2025-05-29", 2), ("2025-05-30", 3)],
)
def test_as_published_on_a_day_is_what_was_in_force_then(browse, day, number):
    said = text_of(browse(Role.READER).get(f"/releases/?on={day}"))
    _before, _caption, table = said.partition("In force that day")
    expected = f"March 2024 Release {number} " if number else "March 2024 nothing was published yet"
    assert table.strip().startswith(expected)


def test_list_says_how_the_last_check_of_the_chain_went(browse):
    browser = browse(Role.READER)
    assert "not been checked yet" in text_of(browser.get("/releases/"))
    verify_releases.run()
    assert "all 3 releases agreed with their digests" in text_of(browser.get("/releases/"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE stats_frozencell SET value = value + 1 WHERE value = 76")
        cursor.execute("SET LOCAL session_replication_role = origin")
    verify_releases.run()
    assert "1 thing was not as it was frozen" in text_of(browser.get("/releases/"))


def test_a_day_that_is_none_is_refused_and_not_said_back(browse):
    content = browse(Role.READER).get("/releases/?on=canary-7q9").content.decode()
    assert "canary" not in content
    assert "Type a date as year-month-day" in content


def test_without_releases_the_list_says_what_one_is(browse):
    with transaction.atomic():
        # In a savepoint of its own, which is undone: only here there are none.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM stats_release")
        said = text_of(browse(Role.READER).get("/releases/"))
        transaction.set_rollback(True)
    assert "A release is a frozen copy of the figures" in said


def test_inside_the_house_numbers_are_exact_and_those_that_do_not_leave_are_marked(browse):
    for role in (Role.LEAD, Role.ADMINISTRATOR):
        content = browse(role).get("/releases/2/").content.decode()
        assert "Exact values, for internal use." in content
        assert cell(content, "table-sex", "boys") == "10 not published (Q)"


def test_a_reader_sees_what_was_published(browse):
    content = browse(Role.READER).get("/releases/2/").content.decode()
    assert "As published" in content
    assert cell(content, "table-sex", "boys") == "suppressed"
    assert "not published (Q)" not in content


def cell(content: str, table: str, row: str) -> str:
    """The first cell of a row of a table, as text."""
    _before, _id, rest = content.partition(f'id="{table}"')
    found = re.search(rf'<th scope="row">{row}</th>(.*?)</tr>', rest, re.DOTALL)
    first = re.findall(r"<td.*?</td>", found[1], re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", first).split())


def test_exact_page_and_published_page_agree_on_what_is_told():
    exact, public = (release_pages.release_page(2, exact=exact) for exact in (True, False))
    assert exact.hidden > 0
    pairs = [
        (told, shown)
        for inside, outside in zip(exact.chapters, public.chapters, strict=True)
        for one, other in zip(inside.sections, outside.sections, strict=True)
        for told_row, shown_row in zip(one.table.rows, other.table.rows, strict=True)
        for told, shown in zip(told_row.cells, shown_row.cells, strict=True)
    ]
    assert all(told.text == shown.text for told, shown in pairs if "(Q)" not in told.note)
    assert all(shown.text == "suppressed" for told, shown in pairs if "(Q)" in told.note)


def test_release_says_who_when_why_and_by_which_definitions(browse):
    said = text_of(browse(Role.READER).get("/releases/2/"))
    release = Release.objects.get(number=2)
    for text in ("Ada Example", "10 April 2025", release.digest, release.previous_digest, release.definitions):
        assert text in said
    assert "The system" in text_of(browse(Role.READER).get("/releases/3/"))


def test_who_froze_it_and_has_left_is_somebody_no_longer_here():
    User.objects.filter(name="Ada Example").delete()
    assert dict(release_pages.release_page(2, exact=False).facts)["Frozen by"] == "Someone no longer here"


def test_cards_tell_growth_on_the_year_before_or_why_there_is_none():
    cards = {card.key: card for card in release_pages.release_page(2, exact=True).cards}
    assert cards["urls"].growth == "+50.0% on March 2023"
    assert cards["urls"].value == "60"
    assert dict(cards["urls"].passport)["Unit"] == "URLs"


def test_a_release_of_a_running_period_gives_no_growth_ever_after():
    running = frozen("2025", "provisional", now=FROZEN_AT)
    cards = {card.key: card for card in release_pages.release_page(running.number, exact=True).cards}
    assert cards["reports"].growth == "No growth: this period has not ended."


@pytest.mark.parametrize(
    "path", ["/releases/99/", "/releases/99/press/", "/releases/99/differences/", "/releases/1/differences/99/"]
)
def test_release_that_is_none_is_not_found(browse, path):
    assert browse(Role.ADMINISTRATOR).get(path).status_code == 404


# Drafts.


def test_draft_says_what_to_know_before():
    report("2024-03-21", url_count=4)
    CoveragePeriod.objects.filter(dimension="sex").update(from_date="2024-03-11")
    said = " ".join(draft_pages.draft_page(Period.parse("2024-03"), now=NOW).warnings)
    for text in (
        "1 report received in it is still open.",
        "1 of them is not yet assessed.",
        "1 change waits to be counted",
        "Sex was recorded in full in 0 of 1 months. In part: March 2024.",
        "numbers would be suppressed",
    ):
        assert text in said


def test_draft_offers_what_may_follow(browse):
    page = draft_pages.draft_page(Period.parse("2024-03"), now=NOW)
    assert (page.possible, page.refusals) == ([ReleaseStatus.REVISED], [])
    page = draft_pages.draft_page(Period.parse("2023-03"), now=NOW)
    assert page.possible == [ReleaseStatus.PROVISIONAL, ReleaseStatus.FINAL]
    page = draft_pages.draft_page(Period.parse("2025"), now=NOW)
    assert page.possible == [ReleaseStatus.PROVISIONAL]
    page = draft_pages.draft_page(Period.parse("2026"), now=NOW)
    assert (page.possible, page.refusals[0]) == ([], "This period has not begun.")


def test_period_is_chosen_from_lists(browse):
    browser = browse(Role.LEAD)
    answer = browser.get("/releases/draft/?length=12&year=2024&start=11")
    assert answer["Location"] == "/releases/draft/?period=2024-11..2025-10"
    assert browser.get("/releases/draft/?length=3&year=2024&start=4")["Location"] == "/releases/draft/?period=2024-Q2"
    assert browser.get("/releases/draft/?length=7&year=canary&start=4")["Location"] == "/releases/"
    assert browser.get("/releases/draft/?period=canary").status_code == 404
    assert "March 2023" in text_of(browser.get("/releases/draft/?period=2023-03"))


def test_freezing_is_offered_to_administrators_alone(browse):
    path = "/releases/draft/?period=2023-03"
    assert "Freeze it" not in text_of(browse(Role.LEAD).get(path))
    assert "Freeze it" in text_of(browse(Role.ADMINISTRATOR).get(path))
    assert browse(Role.LEAD).post(path, {"status": "final"}).status_code == 403
    assert not ExportJob.objects.exists()


def test_freezing_is_asked_for_and_leads_to_its_progress(browse):
    answer = browse(Role.ADMINISTRATOR).post("/releases/draft/?period=2023-03", {"status": "final", "reason": ""})
    job = ExportJob.objects.get()
    assert answer["Location"] == f"/exports/{job.key}/"
    assert (job.kind, str(job.first_month), job.months, job.status) == ("freeze", "2023-03-01", 1, "final")


@pytest.mark.parametrize(
    ("period", "posted", "refused"),
    [
        ("2024-03", {"status": "revised", "reason": ""}, "This field is required."),
        ("2024-03", {"status": "final", "reason": "correction"}, "Choose one of the options listed."),
        ("2023-03", {"status": "final", "reason": "correction"}, "Only a revision has a reason."),
        ("2023-03", {"status": "revised", "reason": "correction"}, "Choose one of the options listed."),
        ("2023-03", {}, "This field is required."),
    ],
)
def test_wish_that_breaks_a_rule_is_refused_in_its_place(browse, period, posted, refused):
    said = text_of(browse(Role.ADMINISTRATOR).post(f"/releases/draft/?period={period}", posted))
    assert refused in said
    assert not ExportJob.objects.exists()


# Differences.


def test_differences_tell_value_change_and_why_the_headline_first():
    page = difference_pages.differences_between(2, 3, table="", exact=True)
    first = page.lines[0]
    assert (first.table, first.row, first.published, first.now, first.change, first.why) == (
        "Figures", "Reports", "10", "18", "+8", "late entry +8",
    )  # fmt: skip
    share = next(line for line in page.lines if "girls" in line.row and "percentage points" in line.change)
    assert re.fullmatch(r"\+[0-9]+\.[0-9]{2} percentage points", share.change)
    assert page.tables[0][0] == "headline"


def test_differences_of_one_table_only():
    page = difference_pages.differences_between(2, 3, table="sex", exact=True)
    assert page.chosen == "sex"
    assert 0 < len(page.lines) < page.total
    assert difference_pages.differences_between(2, 3, table="canary", exact=True).chosen == ""


def test_a_reader_is_told_no_amounts_and_nothing_that_was_suppressed(browse):
    content = browse(Role.READER).get("/releases/3/differences/2/").content.decode()
    assert "late entry" in content
    assert not re.search(r"late entry \+[0-9]", content)
    assert "(Q)" not in content


def test_a_reader_is_told_the_causes_that_the_releases_say_and_none_that_the_records_do(browse):
    published = difference_pages.differences_between(2, 3, table="", exact=False)
    assert {line.why for line in published.lines} == {"late entry"}
    Report.objects.filter(received_date="2024-03-20").update(url_count=3)
    assert difference_pages.differences_between(2, 3, table="", exact=False) == published
    assert difference_pages.differences_between(2, 3, table="", exact=True) != published
    assert {line.why for line in difference_pages.differences_between(1, 2, table="", exact=False).lines} <= {""}


def test_a_reader_has_no_way_to_what_is_counted_now(browse):
    assert browse(Role.READER).get("/releases/3/differences/").status_code == 403


def test_published_against_now(browse):
    browser = browse(Role.LEAD)
    assert "Nothing differs" in text_of(browser.get("/releases/3/differences/"))
    Report.objects.filter(received_date="2024-03-20").update(url_count=3)
    said = text_of(browser.get("/releases/3/differences/"))
    assert "URLs reported March 2024 76 84 +8 correction +8" in said


def test_releases_of_different_periods_are_not_compared(browse):
    frozen("2023-03", "final", now=NOW)
    assert browse(Role.LEAD).get("/releases/4/differences/2/").status_code == 404


# Late entries, press sheet.


def test_late_entries_by_month_of_entry(browse):
    said = text_of(browse(Role.LEAD).get("/releases/late-entries/"))
    assert "8 reports came in late" in said
    assert "March 2024 by release 1 8 0" in said


def test_press_sheet_in_both_languages_with_exact_numbers(browse):
    browser = browse(Role.READER)
    said = text_of(browser.get("/releases/3/press/"))
    assert "In March 2024 the hotline received 18 reports." in said
    assert "Together they named 76 URLs." in said
    dutch = text_of(browser.get("/releases/3/press/?language=nl"))
    assert "maart 2024" in dutch
    assert "Exact number" in dutch
    assert "In March 2024" in text_of(browser.get("/releases/3/press/?language=canary"))


def test_press_sheet_never_tells_what_is_suppressed(browse):
    sentences = release_pages.press_page(3, language="en").sentences
    public = release_pages.release_page(3, exact=False)
    told = {card.key: card.value for card in public.cards}
    assert {sentence.figure for sentence in sentences} <= set(told)
    assert all(not sentence.exact for sentence in sentences if told[sentence.figure] == "suppressed")


# Exports at once.


@pytest.mark.parametrize(
    ("form", "kind"), [("csv", "text/csv"), ("json", "application/json"), ("sdmx", "application/vnd")]
)
def test_quick_export_is_answered_at_once_protected_and_logged(browse, form, kind):
    answer = browse(Role.LEAD).post("/releases/2/export", {"document": "tables", "form": form, "language": "en"})
    assert (answer.status_code, answer["Content-Type"].startswith(kind)) == (200, True)
    assert 'filename="hotline-2024-03-final-2-' in answer["Content-Disposition"]
    assert Release.objects.get(number=2).digest in answer.content.decode()
    event = AuditEvent.objects.get(verb="export")
    assert (event.subject_key, event.changes["format"][1], event.changes["document"][1]) == ("2", form, "tables")
    assert "exact" not in event.changes


def test_lead_and_reader_are_given_the_same_bytes(browse):
    posted = {"document": "tables", "form": "csv", "language": "nl"}
    files = {browse(role).post("/releases/2/export", posted).content for role in (Role.LEAD, Role.READER)}
    assert len(files) == 1


def test_document_that_takes_long_is_made_by_a_job(browse):
    posted = {"document": "annual_report", "form": "pdf", "language": "nl"}
    answer = browse(Role.READER).post("/releases/2/export", posted)
    job = ExportJob.objects.get()
    assert answer["Location"] == f"/exports/{job.key}/"
    assert (job.document, job.form, job.language, job.release_id) == ("annual_report", "pdf", "nl", 2)
    assert not AuditEvent.objects.filter(verb="export").exists()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"document": "canary-7q9", "form": "csv", "language": "en"},
        {"document": "annual_report", "form": "csv", "language": "en"},
        {"document": "tables", "form": "exe", "language": "en"},
        {"document": "tables", "form": "csv", "language": "de"},
    ],
)
def test_document_that_is_not_made_so_is_refused_in_its_place(browse, posted):
    answer = browse(Role.READER).post("/releases/2/export", posted)
    said = text_of(answer)
    assert "Please check the following" in said
    assert "canary" not in said
    assert not AuditEvent.objects.filter(verb="export").exists()


@pytest.mark.parametrize(
    "path",
    ["/releases/", "/releases/?on=2025-04-10", "/releases/2/", "/releases/draft/?period=2024-03", "/exports/",
     "/releases/3/differences/2/", "/releases/late-entries/", "/releases/3/press/"],
)  # fmt: skip
def test_pages_carry_nothing_inline(browse, path):
    content = browse(Role.ADMINISTRATOR).get(path).content.decode()
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", content)
