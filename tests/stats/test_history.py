"""Past years as others published them: entered, imported, refused, and never among the counts."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.actions.errors import ActionError, NotAllowedError
from cases.models import AuditEvent
from stats.history import actions as actions_history
from stats.history.actions import (
    KnownError,
    NotEndedError,
    SourceError,
    SpellingError,
    TotalValueError,
    UnknownFigureError,
)
from stats.history.importing import HistoryRefusedError, HistoryRule, read_totals, year_of
from stats.models import PublishedTotal
from stats.periods import PeriodError, Year
from stats.published_figures import MAX_TOTAL, PUBLISHED
from tests.stats.records import NOW, TODAY

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent.parent / "data" / "history.csv"
HEADER = "year,figure,value,source\n"
CANARY = "canary-7q9.example"


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "history.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def run(path: Path, **options) -> str:
    said = StringIO()
    call_command("import_history", str(path), stdout=said, stderr=StringIO(), **options)
    return said.getvalue()


def faults(path: Path, *, known=None, replace: bool = False) -> list[tuple[int, str, HistoryRule]]:
    with pytest.raises(HistoryRefusedError) as refused:
        read_totals(path, today=TODAY, known=known or {}, replace=replace)
    assert CANARY not in "".join(map(str, refused.value.faults))
    return [tuple(fault) for fault in refused.value.faults]


def held() -> dict[tuple[str, str, str], int]:
    return {(str(row.year), row.figure, row.source): row.value for row in PublishedTotal.objects.all()}


def total(**fields):
    return {"year": Year(2022), "figure": "urls_confirmed", "value": 402_601, "source": "INHOPE"} | fields


def test_every_published_example_is_taken():
    assert "20 published totals added, 0 replaced, 0 known already." in run(DATA)
    assert held()["2022", "urls_assessed", "INHOPE"] == 587_852
    offlimits = {key[1]: value for key, value in held().items() if key[0] == "2021" and key[2] == "Offlimits"}
    assert offlimits["urls_confirmed"] == 413_262
    assert offlimits["urls_confirmed_hosted_in_country"] + offlimits["urls_confirmed_hosted_abroad"] == 413_262


def test_the_same_file_again_changes_nothing_and_says_so():
    run(DATA)
    events = AuditEvent.objects.count()
    assert run(DATA).splitlines() == [
        "0 published totals added, 0 replaced, 20 known already.",
        "Nothing new: nothing was changed.",
    ]
    assert AuditEvent.objects.count() == events == 20


def test_dry_run_says_what_would_be_and_writes_nothing():
    assert run(DATA, dry_run=True).splitlines()[0].startswith("20 published totals added")
    assert held() == {}
    assert not AuditEvent.objects.exists()


def test_another_value_is_refused_unless_it_is_to_replace(tmp_path):
    run(write(tmp_path, "2022,urls,5,INHOPE"))
    other = write(tmp_path, "2022,urls,6,INHOPE", "2023,urls,7,INHOPE")
    with pytest.raises(CommandError, match="1 error; nothing was written"):
        run(other)
    assert held() == {("2022", "urls", "INHOPE"): 5}
    assert "1 published totals added, 1 replaced" in run(other, replace=True)
    assert held() == {("2022", "urls", "INHOPE"): 6, ("2023", "urls", "INHOPE"): 7}
    event = AuditEvent.objects.get(verb="total_change")
    assert (event.subject, event.subject_key, event.changes) == ("total", "2022-01-urls", {"value": ["5", "6"]})


def test_one_wrong_row_refuses_the_whole_file(tmp_path):
    with pytest.raises(CommandError):
        run(write(tmp_path, "2022,urls,5,INHOPE", "2022,nonsense,5,INHOPE"))
    assert held() == {}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{CANARY},urls,5,INHOPE", [(2, "year", HistoryRule.YEAR)]),
        ("2024-03,urls,5,INHOPE", [(2, "year", HistoryRule.YEAR)]),
        ("2024-Q1,urls,5,INHOPE", [(2, "year", HistoryRule.YEAR)]),
        ("2024-11..2025-09,urls,5,INHOPE", [(2, "year", HistoryRule.YEAR)]),
        ("2025,urls,5,INHOPE", [(2, "year", HistoryRule.NOT_ENDED)]),
        (f"2022,{CANARY},5,INHOPE", [(2, "figure", HistoryRule.FIGURE)]),
        ("2022,share_girls,5,INHOPE", [(2, "figure", HistoryRule.FIGURE)]),
        (f"2022,urls,{CANARY},INHOPE", [(2, "value", HistoryRule.VALUE)]),
        ("2022,urls,-5,INHOPE", [(2, "value", HistoryRule.VALUE)]),
        ("2022,urls,5.0,INHOPE", [(2, "value", HistoryRule.VALUE)]),
        ('2022,urls,"587,852",INHOPE', [(2, "value", HistoryRule.VALUE)]),
        ("2022,urls,1234567890,INHOPE", [(2, "value", HistoryRule.VALUE)]),
        ("2022,urls,\u0665,INHOPE", [(2, "value", HistoryRule.VALUE)]),
        ("2022,urls,,INHOPE", [(2, "value", HistoryRule.VALUE)]),
        (f"2022,urls,5,https://{CANARY}/", [(2, "source", HistoryRule.SOURCE)]),
        ("2022,urls,5,", [(2, "source", HistoryRule.SOURCE)]),
        ("2022,urls,5,d41d8cd98f00b204e9800998ecf8427e", [(2, "source", HistoryRule.SOURCE)]),
        ("2022,urls,5", [(2, "", HistoryRule.CELL_COUNT)]),
        ("x,y,z,/", [(2, c, HistoryRule(c)) for c in ("year", "figure", "value", "source")]),
    ],
)
def test_errors_name_row_column_and_rule_and_never_the_value(tmp_path, row, expected):
    assert faults(write(tmp_path, row)) == expected


def test_a_total_twice_in_a_file_is_refused(tmp_path):
    path = write(tmp_path, "2022,urls,5,INHOPE", "", "2022,urls,5,INHOPE")
    assert faults(path) == [(4, "", HistoryRule.TWICE)]


@pytest.mark.parametrize("name", ["figure", "figure key", "figure_key"])
def test_the_figure_may_be_headed_in_three_ways_and_the_unit_must_be_its_own(tmp_path, name):
    header = f"source,unit,{name},value,year\n"
    path = write(tmp_path, "INHOPE,URLs,urls,5,2022", "INHOPE,reports,reports,5,2022", header=header)
    assert [found.value for found in read_totals(path, today=TODAY, known={}, replace=False)] == [5, 5]
    assert faults(write(tmp_path, "INHOPE,reports,urls,5,2022", header=header)) == [(2, "unit", HistoryRule.UNIT)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("year,figure,value\n", [(1, "source", HistoryRule.COLUMN_MISSING)]),
        ("year,figure,value,source,year\n", [(1, "year", HistoryRule.COLUMN_TWICE)]),
        (f"year,figure,value,source,{CANARY}\n", [(1, "5", HistoryRule.COLUMN_UNKNOWN)]),
        ("", [(1, "", HistoryRule.EMPTY)]),
    ],
)
def test_headers_that_will_not_do(tmp_path, header, expected):
    assert faults(write(tmp_path, header=header)) == expected


def test_files_that_can_not_be_read(tmp_path):
    path = tmp_path / "history.csv"
    assert faults(path) == [(1, "", HistoryRule.UNREADABLE)]
    path.write_bytes(HEADER.encode() + b"2022,urls,5,INHOPE\n2022,urls,5,\xff\n")
    assert faults(path) == [(3, "", HistoryRule.NOT_UTF8)]
    path.write_text(HEADER + '2022,urls,5,"INHOPE\n', encoding="utf-8")
    assert faults(path) == [(2, "", HistoryRule.QUOTES)]
    path.write_bytes(b"x" * 1_000_001)
    assert faults(path) == [(1, "", HistoryRule.TOO_LARGE)]


def test_a_file_with_a_byte_order_mark_and_other_line_ends_is_read(tmp_path):
    path = tmp_path / "history.csv"
    path.write_bytes(b"\xef\xbb\xbf" + HEADER.strip().encode() + b"\r\n2024-11..2025-10,urls,5,INHOPE\r\n")
    (found,) = read_totals(path, today=date(2025, 11, 1), known={}, replace=False)
    assert (str(found.year), found.value) == ("2024-11..2025-10", 5)


@pytest.mark.parametrize("text", ["2024-01", "2024-Q1", "24", "2024-01..2024-11", "2024\n"])
def test_what_is_no_year(text):
    with pytest.raises(PeriodError):
        year_of(text)


def test_administrator_adds_and_removes_and_both_are_audited(administrator):
    row = actions_history.add(by=administrator, now=NOW, **total())
    assert (row.actor, row.first_month) == (administrator.reference, date(2022, 1, 1))
    actions_history.remove(by=administrator, now=NOW, total=row)
    assert held() == {}
    added, removed = AuditEvent.objects.order_by("pk")
    assert (added.verb, added.subject_key) == ("total_add", "2022-01-urls_confirmed")
    assert added.changes == {"value": [None, "402601"], "published_by": [None, "changed"]}
    assert (removed.verb, removed.changes) == ("total_remove", {"value": ["402601", None]})


def test_the_same_total_twice_is_refused_and_another_source_stands_beside(administrator):
    actions_history.add(by=administrator, now=NOW, **total())
    with pytest.raises(KnownError):
        actions_history.add(by=administrator, now=NOW, **total(value=1))
    actions_history.add(by=administrator, now=NOW, **total(value=1, source="Offlimits"))
    assert len(held()) == 2


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"figure": "share_girls"}, UnknownFigureError),
        ({"value": -1}, TotalValueError),
        ({"value": MAX_TOTAL + 1}, TotalValueError),
        ({"source": "example.org"}, SourceError),
        ({"year": Year(2025)}, NotEndedError),
        ({"year": Year(2024, 11)}, NotEndedError),
    ],
)
def test_what_is_no_total_is_refused_without_its_value(administrator, fields, error):
    with pytest.raises(error) as refused:
        actions_history.add(by=administrator, now=NOW, **total(**fields))
    assert isinstance(refused.value, ActionError)
    assert not PublishedTotal.objects.exists()
    assert not AuditEvent.objects.exists()


def test_only_administrators_write(lead, analyst):
    for person in (lead, analyst):
        with pytest.raises(NotAllowedError):
            actions_history.add(by=person, now=NOW, **total())


def test_a_source_is_spelled_the_same_everywhere(administrator, tmp_path):
    actions_history.add(by=administrator, now=NOW, **total())
    with pytest.raises(SpellingError):
        actions_history.add(by=administrator, now=NOW, **total(source="Inhope", figure="urls"))
    known = {(Year(2022), "urls", "INHOPE"): 1}
    assert faults(write(tmp_path, "2021,urls,5,Inhope"), known=known) == [(2, "source", HistoryRule.SPELLING)]
    path = write(tmp_path, "2021,urls,5,Inhope", "2022,urls,5,inhope")
    assert faults(path) == [(3, "source", HistoryRule.SPELLING)]


ROW = {"first_month": date(2022, 1, 1), "figure": "urls", "value": 1, "source": "INHOPE"}


@pytest.mark.parametrize(
    "fields",
    [
        {"value": -1},
        {"value": MAX_TOTAL + 1},
        {"figure": "nonsense"},
        {"figure": "share_girls"},
        {"first_month": date(2022, 1, 2)},
        {"source": "example.org/x"},
        {"source": "x"},
    ],
)
def test_the_database_itself_forbids(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedTotal.objects.create(**(ROW | fields))


def test_the_database_itself_forbids_the_same_total_twice():
    PublishedTotal.objects.create(**ROW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedTotal.objects.create(**(ROW | {"value": 2}))


@pytest.mark.parametrize("figure", list(PUBLISHED))
def test_every_figure_fits_the_audit_logs_key(administrator, figure):
    actions_history.add(by=administrator, now=NOW, **total(figure=figure, year=Year(2022, 11)))
    assert AuditEvent.objects.get().subject_key == f"2022-11-{figure}"


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


TYPED = {"year": "2022", "start": "1", "figure": "urls_confirmed", "value": "402601", "source": "INHOPE"}


def test_pages_add_list_and_remove(office):
    assert "No published totals yet" in office.get(reverse("administration:totals")).content.decode()
    assert office.post(reverse("administration:total_add"), TYPED).status_code == 302
    assert held() == {("2022", "urls_confirmed", "INHOPE"): 402_601}
    content = office.get(reverse("administration:totals")).content.decode()
    assert "402,601" in content
    remove = reverse("administration:total_remove", args=[PublishedTotal.objects.get().pk])
    assert office.get(remove).status_code == 405
    assert office.post(remove).status_code == 302
    assert held() == {}
    assert [event.verb for event in AuditEvent.objects.filter(subject="total").order_by("pk")] == [
        "total_add",
        "total_remove",
    ]


def test_page_takes_a_year_that_starts_in_another_month_and_a_large_number(office):
    office.post(reverse("administration:total_add"), TYPED | {"start": "11", "value": "36200000"})
    assert held() == {("2022-11..2023-10", "urls_confirmed", "INHOPE"): 36_200_000}


@pytest.mark.parametrize(
    "fields",
    [
        {"year": "2999"}, {"year": "22"}, {"start": "13"}, {"figure": CANARY}, {"value": "1000000000"}, {"value": "-1"},
        {"value": CANARY}, {"source": f"https://{CANARY}"}, {"source": ""},
    ],
)  # fmt: skip
def test_page_refuses_without_saying_it_back(office, fields):
    answer = office.post(reverse("administration:total_add"), TYPED | fields)
    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()
    assert held() == {}


def test_page_says_that_a_total_is_known(office):
    office.post(reverse("administration:total_add"), TYPED)
    answer = office.post(reverse("administration:total_add"), TYPED | {"value": "1"})
    assert "total of this figure and year is known" in answer.content.decode()
