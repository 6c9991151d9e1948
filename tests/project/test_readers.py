"""Statistics readers and auditors: what their requests read of the database, whatever they ask. Nothing counted now."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.project.access_table import AUDITOR, LEAD, READER
from tests.project.test_access import ROUTES, is_refused
from tests.project.world import World

# One's own account, whoever one is.
ANYONE = {
    "accounts_user", "accounts_session", "accounts_invitation",
    "factors_totp", "factors_passkey", "factors_recoverycode", "factors_requiredrole", "factors_once",
}  # fmt: skip
RELEASES = {"stats_release", "stats_frozentable", "stats_frozenline", "stats_frozencell", "stats_frozenpassport"}
# fmt: off
READ: dict[str, set[str]] = {
    READER: {*ANYONE, *RELEASES, "stats_exportjob", "stats_chaincheck"},
    # The log, and the names that its codes and references stand for.
    AUDITOR: {*ANYONE, "cases_auditevent", "cases_report", "cases_recipient", "cases_outcome", "cases_source",
              "cases_sex", "cases_ageband", "cases_hostingcountry", "cases_sitetype", "cases_agescheme"},
}
# fmt: on
# Who did it: each of these leaves an event, and reads nothing of others.
WRITTEN = {"cases_auditevent"}
TABLE = re.compile(r'(?:FROM|JOIN|INTO|UPDATE)\s+"?([a-z]+_[a-z_]+)"?', re.IGNORECASE)
FORMS = [
    f"document={document}&form={form}&language=nl"
    for document, form in (("tables", "csv"), ("tables", "json"), ("tables", "sdmx"), ("press_sheet", "pdf"))
]


def tables(queries: list[dict[str, str]]) -> set[str]:
    return {name.lower() for query in queries for name in TABLE.findall(query["sql"])}


def asked(world: World, identity: str, method: str, name: str, **how: str) -> set[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = world.ask(method, world.path(ROUTES[name], identity), identity, **how)
    assert response.status_code < 500 or name == "readyz"
    return tables(captured.captured_queries)


@pytest.mark.parametrize("identity", [READER, AUDITOR])
def test_no_request_of_theirs_reads_what_is_counted_now(identity, world, db):
    found = {}
    for name in sorted(ROUTES):
        for method in ("GET", "POST"):
            read = asked(world, identity, method, name)
            found[f"{method} {name}"] = read - READ[identity] - WRITTEN
    assert {request: names for request, names in found.items() if names} == {}


@pytest.mark.parametrize("form", FORMS)
def test_no_export_of_a_reader_reads_what_is_counted_now(form, world, db):
    assert asked(world, READER, "POST", "stats:release_export", data=form) - READ[READER] - WRITTEN == set()


@pytest.mark.parametrize("query", ["?on=2026-01-01", "?length=12&year=2024&start=1", "?table=sex", "?start=11"])
def test_no_query_of_a_reader_leads_to_what_is_counted_now(query, world, db):
    for name in ("stats:releases", "stats:release", "stats:release_differences_between", "stats:release_press"):
        with CaptureQueriesContext(connection) as captured:
            world.ask("GET", world.path(ROUTES[name], READER) + query, READER)
        assert tables(captured.captured_queries) - READ[READER] == set()


def test_the_capture_would_notice(world, db):
    """A lead's page of months, and the same comparison exact, read what a reader's may not."""
    assert "stats_monthlycount" in asked(world, LEAD, "GET", "stats:months")
    assert "cases_report" in asked(world, LEAD, "GET", "stats:release_differences_between")


def test_a_reader_begins_with_the_releases_and_is_shown_nothing_else(world, db):
    assert world.ask("GET", "/", READER)["Location"] == "/releases/"
    page = world.ask("GET", "/releases/", READER).content.decode()
    links = set(re.findall(r'href="(/[a-z/0-9-]*)"', page))
    assert {"/months/", "/years/", "/trend/", "/queue/", "/releases/late-entries/", "/releases/draft/"} & links == set()
    assert {"/releases/", "/exports/", "/releases/2/"} <= links


@pytest.mark.parametrize(
    "name", ["stats:export_job", "stats:export_cancel", "stats:export_again", "stats:export_download"]
)
def test_the_exports_of_others_are_not_there(name, world, db):
    path = world.path(ROUTES[name], LEAD)
    for method in ("GET", "POST"):
        assert world.ask(method, path, READER).status_code in {404, 405}
    assert not is_refused(world.ask("POST", path, LEAD))
