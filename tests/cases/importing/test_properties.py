"""For any file: what is good comes in as it is, and one bad cell keeps all of it out."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.derive import Part, derive_outcome, derive_referral_status
from cases.importing.columns import COLUMNS
from cases.models import Finding, Outcome, Report
from tests.cases.importing.files import TODAY, clear, everything, refusals, run, write

pytestmark = pytest.mark.usefixtures("committed_db")
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

OUTCOMES = {
    "confirmed_baseline": "confirmed",
    "confirmed_national": "confirmed",
    "not_illegal": "not_confirmed",
    "age_undetermined": "not_confirmed",
    "no_access": "unassessable",
    "duplicate": "duplicate",
    "out_of_remit": "out_of_remit",
}
DETAILS = {
    "self_generated": ["", "yes", "no", "undetermined"],
    "sex": ["", "girls", "boys", "both", "undetermined"],
    "hosting_country": ["", "NL", "DE", "not_traceable", "undetermined"],
    "site_type": ["", "website", "forum", "undetermined"],
}
AGES = [("", ""), ("0", "2"), ("6", "9"), ("3", "13"), ("undetermined", ""), ("undetermined", "undetermined")]


@st.composite
def finding_cells(draw, count):
    outcome = draw(st.sampled_from(sorted(OUTCOMES)))
    cells = {"outcome": outcome, "finding_url_count": count}
    if OUTCOMES[outcome] == "confirmed":
        cells |= {name: draw(st.sampled_from(codes)) for name, codes in DETAILS.items()}
        cells["age_from"], cells["age_to"] = draw(st.sampled_from(AGES))
    return cells


@st.composite
def reports(draw):
    """The rows of one to six reports, in any order."""
    keys = draw(st.lists(st.integers(0, 10**20 - 1) | st.uuids().map(str), min_size=1, max_size=6, unique=True))
    rows = []
    for key in keys:
        counts = draw(st.lists(st.integers(0, 400), max_size=4))
        start = dict.fromkeys(COLUMNS, "") | {
            "report_key": key,
            "received_date": draw(st.dates(date(1990, 1, 1), TODAY)),
            "source": draw(st.sampled_from(["public", "police", "other"])),
            "url_count": sum(counts) + draw(st.sampled_from([0, 0, 1, 50])),
        }
        rows += [start | draw(finding_cells(count)) for count in counts] or [start]
    return draw(st.permutations(rows))


def counted(rows, name) -> Counter:
    """URLs of findings by one column of a file; what is not recorded as None."""
    found: Counter = Counter()
    for cells in rows:
        if cells["outcome"] and cells["finding_url_count"]:
            found[cells[name] or None] += cells["finding_url_count"]
    return found


@quick
@given(rows=reports())
def test_what_comes_in_adds_up_to_what_the_file_says(tmp_path, rows):
    clear()
    result = run(write(tmp_path / "file.csv", rows))
    heads = {cells["report_key"]: cells for cells in rows}.values()
    assert result.totals.reports == Report.objects.count() == len(heads)
    assert result.totals.urls == sum(cells["url_count"] for cells in heads)
    assert Counter(Report.objects.values_list("received_date", "source_id", "url_count")) == Counter(
        (cells["received_date"], cells["source"], cells["url_count"]) for cells in heads
    )
    columns = {
        "outcome": "outcome_id",
        "sex": "sex_id",
        "self_generated": "self_generated",
        "site_type": "site_type_id",
    }
    for name, field in columns.items():
        there: Counter = Counter()
        for code, count in Finding.objects.exclude(url_count=0).values_list(field, "url_count"):
            there[code] += count
        assert there == counted(rows, name)
    check_standing()
    before = everything()
    assert run(write(tmp_path / "file.csv", rows[::-1])).totals.known == len(heads)
    assert everything() == before


def check_standing() -> None:
    """What SQL derived is what the pages' own functions derive."""
    precedence = dict(Outcome.objects.values_list("pk", "precedence"))
    for report in Report.objects.prefetch_related("findings"):
        parts = [Part(one.outcome_id, one.counts_as, one.url_count) for one in report.findings.all()]
        assert report.outcome_id == derive_outcome(parts, precedence)
        assert report.referral_status == derive_referral_status(parts, [])
        whole = parts and sum(part.url_count for part in parts) == report.url_count
        done = "closed" if report.referral_status == "not_needed" else "assessed"
        assert report.state == ("received" if not parts else done if whole else "in_triage")


# With a character that is in no date, number or code, a cell is wrong in every column.
BAD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70).filter(
    lambda text: any(not (sign.isascii() and (sign.isalnum() or sign in "_-")) for sign in text)
) | st.sampled_from(["-1", "1e3", "0x1", "2026-02-30", "girls ", "=1+1", "\uff11", "x" * 65, "NULL", "\\N"])


@quick
@given(rows=reports(), place=st.integers(0), column=st.sampled_from(COLUMNS), bad=BAD)
def test_one_bad_cell_keeps_the_whole_file_out(tmp_path, rows, place, column, bad):
    clear()
    before = everything()
    place %= len(rows)
    rows = [*rows[:place], rows[place] | {column: bad}, *rows[place + 1 :]]
    found = refusals(write(tmp_path / "file.csv", rows))
    assert (place + 2, column) in {(row, name) for row, name, _rule in found}
    assert {row for row, _name, _rule in found} == {place + 2}
    assert everything() == before


def test_a_year_of_days_each_in_its_own_month(tmp_path):
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
    rows = [
        dict.fromkeys(COLUMNS, "") | {"report_key": key, "received_date": day, "source": "public", "url_count": 1}
        for key, day in enumerate(days)
    ]
    assert run(write(tmp_path / "file.csv", rows)).months == 12
    assert list(Report.objects.order_by("pk").values_list("received_date", flat=True)) == days
