"""What a table shows, in a sentence or two. In the active language.

Only what the table itself says: the largest parts with their share, what is not known. Shares are rounded to one
decimal, as they stand beside the exact numbers. Nothing is ranked that is not a category of counts.
"""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from stats.coverage import Status
from stats.declarations import Unit
from stats.exports.pdf_words import row_label
from stats.figures import BREAKDOWNS
from stats.publication import AGE_GROUPS, DSA, REMOVAL
from stats.tables import Part, Row, Shape, Table, rounded
from stats.words.presenters import number

Told = list[tuple[str, int]]


def tell(table: Table) -> list[str]:
    """Sentences about a table, none where there is nothing to say."""
    if table.key == REMOVAL:
        return list(_removal(table))
    if table.key == AGE_GROUPS:  # 6 to 9 is a part of under 12: they are not to be ranked
        return []
    if table.key == DSA:
        return list(_whole_only(table))
    teller = {Shape.PARTS: _parts, Shape.CROSSED: _crossed, Shape.MONTHS: _months}.get(table.shape)
    return list(teller(table)) if teller else []


def share_text(part: int, whole: int) -> str:
    """'96.2%', half away from zero."""
    share = number_format(rounded(Fraction(100 * part, whole), 1), decimal_pos=1)
    return _("%(share)s%%") % {"share": share}


def _parts(table: Table) -> Iterator[str]:
    """The largest parts of the first figure, and how many have no answer."""
    if not table.columns or table.columns[0].unit is Unit.PERCENT:
        return
    whole = _whole(table, 0)
    yield from _largest(table, 0, whole, str(table.columns[0].label))
    yield from _unanswered(table, whole)


def _crossed(table: Table) -> Iterator[str]:
    """The largest part of the first column."""
    column = table.columns[0]
    axes = BREAKDOWNS[table.key].axes if table.key in BREAKDOWNS else ()
    name = f"{str(axes[0].label).capitalize()}: {column.label}" if axes else str(column.label)
    values = [row.cells[0].value for row in table.rows]
    known = [int(value) for value in values if value is not None]
    whole = sum(known) if len(known) == len(values) else None
    yield from _largest(table, 0, whole, name)


def _largest(table: Table, place: int, whole: int | None, name: str) -> Iterator[str]:
    rows = [row for row in table.rows if row.part is Part.CODE]
    told = sorted(_told(rows, place), key=lambda part: -part[1])[:2]
    if not told:
        return
    base = _("%(name)s, %(number)s in total") % {"name": name, "number": number(whole)} if whole else name
    hidden = any(row.cells[place].value is None for row in rows)
    text = (
        _("%(base)s: of the parts that are published most were %(first)s")
        if hidden
        else _("%(base)s: most were %(first)s")
    )
    text %= {"base": base, "first": _part_text(*told[0], whole)}
    if len(told) > 1:
        text += _(", followed by %(second)s") % {"second": _part_text(*told[1], whole)}
    yield text + "."


def _told(rows: list[Row], place: int) -> Told:
    """Labels and numbers of the parts that have one, without those that are 0."""
    values = ((str(row.label), row.cells[place].value) for row in rows)
    return [(label, int(value)) for label, value in values if value]


def _part_text(label: str, value: int, whole: int | None) -> str:
    text = _("“%(label)s” (%(number)s)") if not whole else _("“%(label)s” (%(number)s, %(share)s of the total)")
    return text % {"label": label, "number": number(value), "share": share_text(value, whole) if whole else ""}


def _unanswered(table: Table, whole: int | None) -> Iterator[str]:
    rows = [row for row in table.rows if row.part in {Part.UNDETERMINED, Part.NOT_RECORDED}]
    parts = [_part_text(label, value, whole) for label, value in _told(rows, 0)]
    if parts:
        yield _("Without an answer: %(parts)s.") % {"parts": ", ".join(parts)}


def _months(table: Table) -> Iterator[str]:
    """The months with the most and the fewest of the first figure, where every month has a number."""
    rows = [row for row in table.rows if row.part is not Part.TOTAL]
    values = [row.cells[0].value for row in rows]
    firm = all(row.cells[0].status is Status.NORMAL for row in rows)
    known = [(int(value), row) for value, row in zip(values, rows, strict=True) if value is not None]
    if not firm or len(known) < len(rows) or len(known) < 3:  # noqa: PLR2004 - of two months there is no middle
        return
    most, fewest = max(known, key=lambda item: item[0]), min(known, key=lambda item: item[0])
    yield _("%(name)s: most in %(most)s (%(high)s), fewest in %(fewest)s (%(low)s).") % {
        "name": table.columns[0].label,
        "most": row_label(table, most[1]),
        "high": number(most[0]),
        "fewest": row_label(table, fewest[1]),
        "low": number(fewest[0]),
    }


def _removal(table: Table) -> Iterator[str]:
    """How much of what was sent was removed in time."""
    keys = [column.key for column in table.columns]
    for base, within in (("sent", "removed_within_2d"), ("sent", "removed_within_28d")):
        if base in keys and within in keys:
            whole, part = _whole(table, keys.index(base)), _whole(table, keys.index(within))
            if whole and part is not None:
                yield _("%(column)s: %(part)s of %(whole)s URLs that were sent (%(share)s).") % {
                    "column": table.columns[keys.index(within)].label,
                    "part": number(part),
                    "whole": number(whole),
                    "share": share_text(part, whole),
                }


def _whole_only(table: Table) -> Iterator[str]:
    """The whole of the column of totals."""
    for place, column in enumerate(table.columns):
        if column.part is Part.TOTAL and (whole := _whole(table, place)) is not None:
            yield _("In total: %(number)s.") % {"number": number(whole)}
            return


def _whole(table: Table, place: int) -> int | None:
    for row in table.rows:
        if row.part is Part.TOTAL:
            value = row.cells[place].value
            return None if value is None else int(value)
    return None
