"""A publication made by hand that has everything a form must be able to write. Fixed: digests of its forms are kept.

Counts, shares, bounds, not recorded, provisional, a break, suppressed cells, a crossed table, months, a trend with
totals of another source and a change that is negative, labels that look like formulas, a long list, Dutch letters.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from cases.codes import NOT_RECORDED, UNDETERMINED, Dimension
from stats.bilingual import bilingual
from stats.coverage import Coverage, Recorded, Status
from stats.declarations import TOTAL, Unit
from stats.periods import Month, Period
from stats.publication import (
    AGE_GROUPS,
    DSA,
    HEADLINE,
    MONTHS,
    REMOVAL,
    TREND,
    PassportText,
    Publication,
    Reason,
    ReleaseFacts,
    ReleaseStatus,
)
from stats.tables import Bounds, Cell, Column, Part, Row, Shape, Table, percent

YEAR = Period.parse("2024")
FULL = Coverage((Recorded.FULL,) * 12)
NONE = Coverage((Recorded.NONE,) * 12)
FIVE = Coverage((Recorded.NONE,) * 6 + (Recorded.PARTLY,) + (Recorded.FULL,) * 5)
MONTH_FULL, MONTH_PARTLY = Coverage((Recorded.FULL,)), Coverage((Recorded.PARTLY,))

PARTS = {UNDETERMINED: Part.UNDETERMINED, NOT_RECORDED: Part.NOT_RECORDED, TOTAL: Part.TOTAL, "other": Part.OTHER}
UNDETERMINED_LABEL = bilingual("niet vast te stellen", "undetermined")
NOT_RECORDED_LABEL = bilingual("niet vastgelegd", "not recorded")
TOTAL_LABEL = bilingual("totaal", "total")
WHOLES = {UNDETERMINED: UNDETERMINED_LABEL, NOT_RECORDED: NOT_RECORDED_LABEL, TOTAL: TOTAL_LABEL}

FIGURES = {
    "reports": (bilingual("Meldingen", "Reports"), Unit.REPORTS),
    "urls": (bilingual("Gemelde URL's", "URLs reported"), Unit.URLS),
    "urls_confirmed": (bilingual("Bevestigde URL's", "URLs confirmed"), Unit.URLS),
    "urls_self_generated": (
        bilingual("URL's vastgelegd als zelfgeproduceerd", "URLs recorded as self-generated"),
        Unit.URLS,
    ),
    "share_girls": (bilingual("Aandeel met meisjes", "Share showing girls"), Unit.PERCENT),
    "share_self_generated_under_12": (
        bilingual("Aandeel zelfgeproduceerd onder 12", "Share of self-generated under 12"),
        Unit.PERCENT,
    ),
    "referred": (bilingual("Doorverwezen URL's", "URLs referred"), Unit.URLS),
}
CONFIRMED = ("urls_confirmed", "urls_self_generated")


def count(value, status=Status.NORMAL, coverage=FULL, **more) -> Cell:
    return Cell(value=value, status=status, coverage=coverage, rule="1", **more)


def share(numerator, denominator, status=Status.NORMAL, coverage=FULL) -> Cell:
    return Cell(
        value=percent(numerator, denominator),
        status=status,
        coverage=coverage,
        numerator=numerator,
        denominator=denominator,
        rule="1",
    )


def missing(coverage=NONE) -> Cell:
    return count(None, Status.NOT_COLLECTED, coverage)


def within(lower: int, upper: int, denominator: int) -> Cell:
    """A share that is only known to lie within bounds."""
    return Cell(
        value=None,
        status=Status.NORMAL,
        coverage=FULL,
        bounds=Bounds(percent(lower, denominator), percent(upper, denominator)),
        numerator_bounds=Bounds(lower, upper),
        denominator=denominator,
        rule="1",
        scheme="hotline.1+iwf.1",
    )


def hidden(value: int) -> Cell:
    """A cell that is not to leave the house; :func:`sample_publication` protects it."""
    return count(value, is_suppressed=True)


def figure_columns(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key=key, label=FIGURES[key][0], unit=FIGURES[key][1]) for key in keys)


def row(key: str, label, *cells, unit=None) -> Row:
    made = tuple(cell if isinstance(cell, Cell) else count(cell) for cell in cells)
    return Row(key=key, label=label, cells=made, unit=unit, part=PARTS.get(key, Part.CODE))


def whole(key: str, *cells) -> Row:
    return row(key, WHOLES[key], *cells)


def _headline() -> Table:
    values = {
        "reports": (count(127_431), count(118_206)),
        "urls": (count(602_117), count(512_340)),
        "urls_confirmed": (count(231_904), count(268_912)),
        "urls_self_generated": (count(74_302), count(20_117, Status.BREAK, FIVE)),
        "share_girls": (share(190_001, 197_402), missing()),
        "share_self_generated_under_12": (within(52_000, 54_250, 70_000), missing()),
        "referred": (count(198_300, Status.PROVISIONAL), count(0)),
    }
    return Table(
        key=HEADLINE,
        shape=Shape.FIGURES,
        title=bilingual("Cijfers", "Figures"),
        stub=bilingual("cijfer", "figure"),
        columns=(Column(key="2024", label="2024"), Column(key="2023", label="2023")),
        rows=tuple(row(key, FIGURES[key][0], *cells, unit=FIGURES[key][1]) for key, cells in values.items()),
    )


def _months() -> Table:
    rows = []
    for place, month in enumerate(YEAR.months):
        status = Status.PROVISIONAL if month.month == 12 else Status.NORMAL
        confirmed = missing(MONTH_FULL) if month.month == 2 else count(18_000 + 220 * place, status, MONTH_FULL)
        self_generated = count(5_900 + 60 * place, status, MONTH_PARTLY if place == 6 else MONTH_FULL)
        reports, urls = count(10_000 + 113 * place, status, MONTH_FULL), count(48_000 + 301 * place, status, MONTH_FULL)
        rows.append(row(str(month), str(month), reports, urls, confirmed, self_generated))
    return Table(
        key=MONTHS,
        shape=Shape.MONTHS,
        title=bilingual("Maand na maand", "Month by month"),
        stub=bilingual("maand", "month"),
        columns=figure_columns("reports", "urls", *CONFIRMED),
        rows=tuple(rows),
    )


def _parts(key: str, title, stub, figures: tuple[str, ...], rows: tuple[Row, ...]) -> Table:
    return Table(key=key, shape=Shape.PARTS, title=title, stub=stub, columns=figure_columns(*figures), rows=rows)


def _source() -> Table:
    return _parts(
        "source",
        bilingual("Bron", "Source"),
        bilingual("bron", "source"),
        ("reports", "urls"),
        (
            row("public", bilingual("publiek", "public"), 101_000, 402_117),
            row("partner_hotline", bilingual("ander meldpunt", "partner hotline"), 26_431, 200_000),
            whole(NOT_RECORDED, 0, 0),
            whole(TOTAL, 127_431, 602_117),
        ),
    )


def _sex() -> Table:
    return _parts(
        "sex",
        bilingual("Getoond geslacht", "Sex shown"),
        bilingual("getoond geslacht", "sex shown"),
        CONFIRMED,
        (
            row("girls", bilingual("meisjes", "girls"), 186_301, 70_000),
            row("boys", bilingual("jongens", "boys"), 7_401, hidden(3)),
            row("both", bilingual("beide", "both"), 3_700, hidden(11)),
            whole(UNDETERMINED, 34_502, 4_288),
            whole(NOT_RECORDED, 0, 0),
            whole(TOTAL, 231_904, 74_302),
        ),
    )


def _age_band() -> Table:
    bands = ((0, 2, 1_502, 4), (3, 5, 9_114, 260), (6, 9, 61_208, 21_440), (10, 11, 58_400, 31_300))
    bands += ((12, 13, 50_010, 14_000), (14, 15, 30_670, 3_000), (16, 17, 9_000, 298))
    return _parts(
        "age_band",
        bilingual("Leeftijdsgroep van het jongste kind", "Age band of the youngest child"),
        bilingual("leeftijdsgroep", "age band"),
        CONFIRMED,
        (
            *(
                row(
                    f"{first}-{last}",
                    bilingual(f"{first} tot en met {last} jaar", f"{first} to {last} years"),
                    count(confirmed, scheme="hotline.1"),
                    hidden(own) if own in {4, 260} else count(own, scheme="hotline.1"),
                )
                for first, last, confirmed, own in bands
            ),
            whole(UNDETERMINED, 12_000, 4_000),
            whole(NOT_RECORDED, 0, 0),
            whole(TOTAL, 231_904, 74_302),
        ),
    )


def _crossed() -> Table:
    codes = (("yes", bilingual("ja", "yes")), ("no", bilingual("nee", "no")), *tuple(WHOLES.items())[:2])
    values = {"girls": (70_000, 116_301, 0, 0), "boys": (hidden(3), hidden(7_398), 0, 0)}
    labels = {"girls": bilingual("meisjes", "girls"), "boys": bilingual("jongens", "boys")}
    return Table(
        key="self_generated_sex",
        shape=Shape.CROSSED,
        title=bilingual("Zelfgeproduceerd naar getoond geslacht", "Self-generated by sex shown"),
        stub=bilingual("getoond geslacht", "sex shown"),
        columns=tuple(
            Column(key=code, label=label, unit=Unit.URLS, part=PARTS.get(code, Part.CODE), figure="urls_confirmed")
            for code, label in codes
        ),
        rows=(
            *(row(key, labels[key], *cells) for key, cells in values.items()),
            whole(UNDETERMINED, 4_288, 33_914, 0, 0),
            whole(NOT_RECORDED, *[missing()] * 4),
        ),
    )


COUNTRIES = {
    "NL": ("Nederland", "Netherlands"), "US": ("Verenigde Staten", "United States"), "FR": ("Frankrijk", "France"),
    "DE": ("Duitsland", "Germany"), "LU": ("Luxemburg", "Luxembourg"), "RO": ("Roemenië", "Romania"),
    "CI": ("Ivoorkust", "Côte d'Ivoire"), "CW": ("Curaçao", "Curaçao"), "BA": ("Bosnië en Herzegovina", "Bosnia"),
    "MD": ("Moldavië", "Moldova"), "BG": ("Bulgarije", "Bulgaria"), "UA": ("Oekraïne", "Ukraine"),
    "AX": ("Ålandseilanden", "Åland Islands"), "BE": ("België", "Belgium"), "SE": ("Zweden", "Sweden"),
    "PL": ("Polen", "Poland"), "CA": ("Canada", "Canada"), "HK": ("Hongkong", "Hong Kong"),
    "SG": ("Singapore", "Singapore"), "JP": ("Japan", "Japan"), "RU": ("Rusland", "Russia"),
    "CZ": ("Tsjechië", "Czechia"), "SC": ("Seychellen", "Seychelles"), "VG": ("Britse Maagdeneilanden", "BVI"),
    "GS": ("Zuid-Georgië en de Zuidelijke Sandwicheilanden", "South Georgia and the South Sandwich Islands"),
}  # fmt: skip


def _countries() -> Table:
    rows = [
        row(code, bilingual(nl, en), 120_000 // (place + 1), 30_000 // (place + 1))
        for place, (code, (nl, en)) in enumerate(COUNTRIES.items())
    ]
    rows.append(row("not_traceable", bilingual("niet te traceren", "not traceable"), 812, 240))
    return _parts(
        "hosting_country",
        bilingual("Hostingland", "Hosting country"),
        bilingual("hostingland", "hosting country"),
        CONFIRMED,
        (*rows, whole(NOT_RECORDED, 41, 12), whole(TOTAL, 231_904, 74_302)),
    )


def _recipients() -> Table:
    names = ("=HYPERLINK Hosting", "+31 Hosting", "-Min Hosting", "@Thuis Hosting", "Zoë's Hosting; B.V.", 'Host "X"')
    rows = [row(str(place), name, 900 * place) for place, name in enumerate(names, 1)]
    return _parts(
        "recipient",
        bilingual("Ontvanger", "Recipient"),
        bilingual("ontvanger", "recipient"),
        ("referred",),
        (*rows, whole(TOTAL, 18_900)),
    )


def _age_groups() -> Table:
    column = Column(key="share_self_generated_under_12", label=FIGURES["share_self_generated_under_12"][0])
    return Table(
        key=AGE_GROUPS,
        title=bilingual("Leeftijdsgroepen", "Age groups"),
        stub=bilingual("groep", "group"),
        columns=(replace(column, unit=Unit.PERCENT),),
        rows=(
            row("under_12", bilingual("onder 12", "under 12"), within(52_000, 54_250, 70_000)),
            row("6_to_9", bilingual("6 tot en met 9", "6 to 9"), share(21_440, 70_000)),
            row("none", bilingual("geen", "none"), Cell(value=None, status=Status.NORMAL, coverage=FULL,
                                                       numerator=0, denominator=0)),
        ),
    )  # fmt: skip


def _removal() -> Table:
    days = (2, 3, 7, 14, 28)
    return Table(
        key=REMOVAL,
        title=bilingual("Tijd tot verwijdering", "Time to removal"),
        stub=bilingual("soort ontvanger", "kind of recipient"),
        columns=tuple(
            Column(
                key=f"removed_within_{number}d",
                label=bilingual(f"verwijderd binnen {number} dagen", f"removed within {number} days"),
                unit=Unit.URLS,
            )
            for number in days
        ),
        rows=(
            row("hosting_provider", bilingual("hostingaanbieder", "hosting provider"), 100, 250, 400, 700, 1_900),
            row("police", bilingual("politie", "police"), *[missing()] * 5),
        ),
    )


def _dsa() -> Table:
    actions = {"removed": ("verwijderd", "removed"), "none": ("geen", "none")}
    return Table(
        key=DSA,
        title=bilingual("DSA artikel 22, lid 3: kennisgevingen", "DSA Article 22(3): notices"),
        stub=bilingual("hostingaanbieder", "hosting provider"),
        columns=tuple(
            Column(key=code, label=bilingual(nl, en), unit=Unit.URLS, figure="referred")
            for code, (nl, en) in actions.items()
        ),
        rows=(row("1", "=HYPERLINK Hosting", 870, hidden(2)), row("2", "+31 Hosting", 1_500, hidden(300))),
    )


def _trend() -> Table:
    years = {
        "2021": (count(None, Status.NOT_COLLECTED, NONE), count(413_262, source="Offlimits, jaarverslag 2021"), None),
        "2022": (count(96_004, Status.BREAK), count(455_010, Status.BREAK), Decimal("10.10")),
        "2023": (count(118_206), count(512_340), Decimal("12.60")),
        "2024": (count(127_431), count(499_117, Status.PROVISIONAL), Decimal("-2.58")),
    }
    change = Column(key="urls_change", label=bilingual("Verandering URL's", "Change in URLs"), unit=Unit.PERCENT)
    return Table(
        key=TREND,
        shape=Shape.YEARS,
        title=bilingual("Jaar na jaar", "Year by year"),
        stub=bilingual("jaar", "year"),
        columns=(*figure_columns("reports", "urls"), change),
        rows=tuple(
            row(year, year, reports, urls, missing() if grown is None else count(grown))
            for year, (reports, urls, grown) in years.items()
        ),
    )


def _passports() -> tuple[PassportText, ...]:
    rule = bilingual("Geteld in de maand van ontvangst.", "Counted in the month of receipt; void reports are left out.")
    base = bilingual("bevestigde URL's waarvan dit is vastgesteld", "confirmed URLs for which it was determined")
    return tuple(
        PassportText(
            key=key,
            label=label,
            unit=unit,
            numerator=bilingual(f"teller van {key}: coördinatie", f"numerator of {key}"),
            denominator=base if unit is Unit.PERCENT else "",
            rule=rule,
            requires=(Dimension.REPORTS, Dimension.ASSESSMENT) if key != "reports" else (Dimension.REPORTS,),
        )
        for key, (label, unit) in FIGURES.items()
    )


FACTS = ReleaseFacts(
    number=3,
    period=YEAR,
    status=ReleaseStatus.REVISED,
    revision=1,
    reason=Reason.CORRECTION,
    # Late in the evening in UTC, and the next day where the hotline is.
    released_at=datetime(2025, 3, 9, 23, 30, tzinfo=UTC),
    released_date=date(2025, 3, 10),
    digest="9f" + "0a1b2c3d4e5f6789" * 3 + "0123456789abcd",
    previous_digest="4d" + "f0e1d2c3b4a59687" * 3 + "fedcba98765432",
    definitions="5b1f0a9c33d2e874",
    threshold=5,
    is_synthetic=True,
)


def protected(cell: Cell) -> Cell:
    if not cell.is_suppressed:
        return cell
    return replace(cell, value=None, numerator=None, denominator=None, bounds=None, status=Status.SUPPRESSED)


def _protected_table(table: Table) -> Table:
    rows = tuple(replace(row, cells=tuple(protected(cell) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=rows)


def sample_tables() -> tuple[Table, ...]:
    """Exact, as they are frozen."""
    return (
        _headline(), _months(), _source(), _sex(), _age_band(), _crossed(), _countries(), _recipients(),
        _age_groups(), _removal(), _dsa(), _trend(),
    )  # fmt: skip


def sample_publication(*, is_internal: bool = False, **facts) -> Publication:
    """The publication; ``facts`` differ from :data:`FACTS`."""
    tables = sample_tables()
    return Publication(
        facts=replace(FACTS, **facts),
        tables=tables if is_internal else tuple(_protected_table(table) for table in tables),
        passports=_passports(),
        is_internal=is_internal,
    )


def other_year_publication() -> Publication:
    """The same of a year that runs from November to October, in months of its own."""
    period = Period.parse("2024-11..2025-10")
    found = sample_publication(period=period, status=ReleaseStatus.FINAL, revision=0, reason=None)
    months = found.table(MONTHS)
    rows = tuple(
        replace(row, key=str(month), label=str(month)) for row, month in zip(months.rows, period.months, strict=True)
    )
    headline = found.table(HEADLINE)
    columns = (Column(key=str(period), label=str(period)), Column(key=str(period.before), label=str(period.before)))
    changed = {MONTHS: replace(months, rows=rows), HEADLINE: replace(headline, columns=columns)}
    assert period.months[0] == Month(2024, 11)
    return replace(found, tables=tuple(changed.get(table.key, table) for table in found.tables))
