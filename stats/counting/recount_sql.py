"""The one statement that recounts a month, made from the declarations in :mod:`stats.figures`. Pure.

One pass over the month's reports, and one over what was sent in it; each scope is then grouped once, by all its
breakdowns at a time (GROUPING SETS), and each declared cell is picked from the grouping it belongs to. Only differences
are written.
"""

import hashlib
from collections.abc import Iterator
from functools import cache

from cases.codes import NOT_RECORDED
from stats.declarations import TOTAL, Axis, Breakdown, Figure, Scope
from stats.figures import COUNTED, HELD, counted_keys
from stats.rules import AT

# What each scope goes through. Findings and referrals are looked up by report: MATERIALIZED, so that the month's
# reports are scanned once and not once for each scope.
ROWS = {
    Scope.REPORT: "reports r",
    Scope.FINDING: "reports r JOIN cases_finding f ON f.report_id = r.id",
    Scope.REFERRAL: "reports r JOIN cases_referral p ON p.report_id = r.id"
    " JOIN cases_recipient c ON c.id = p.recipient_id",
    Scope.SENT: "sent p JOIN cases_recipient c ON c.id = p.recipient_id",
}

HEAD = """
WITH reports AS MATERIALIZED (
  SELECT id, source_id, outcome_id, referral_status, url_count FROM cases_report r
  WHERE received_date >= %(first)s AND received_date < %(until)s AND state <> 'void'{only}
),
sent AS MATERIALIZED (
  SELECT p.recipient_id, p.url_count, p.sent_date, p.acted_date, p.action, r.outcome_id
  FROM cases_referral p JOIN cases_report r ON r.id = p.report_id
  WHERE p.sent_date >= %(first)s AND p.sent_date < %(until)s AND r.state <> 'void'{only}
)"""

CELLS = """,
counted AS (
{cells}
)"""

WRITING = """,
gone AS (
  DELETE FROM stats_monthlycount m
  WHERE m.month = %(first)s AND NOT EXISTS (
    SELECT FROM counted c
    WHERE (c.breakdown, c.figure, c.code_a, c.code_b, c.code_c)
      = (m.breakdown, m.figure, m.code_a, m.code_b, m.code_c)
  )
  RETURNING 1
),
written AS (
  INSERT INTO stats_monthlycount (month, figure, breakdown, code_a, code_b, code_c, value)
  SELECT %(first)s, figure, breakdown, code_a, code_b, code_c, value FROM counted
  -- Rows that are right already are not even locked.
  EXCEPT
  SELECT month, figure, breakdown, code_a, code_b, code_c, value FROM stats_monthlycount WHERE month = %(first)s
  ON CONFLICT (month, breakdown, figure, code_a, code_b, code_c) DO UPDATE SET value = EXCLUDED.value
  RETURNING 1
)
SELECT (SELECT count(*) FROM counted), (SELECT count(*) FROM written), (SELECT count(*) FROM gone)
"""

READING = """
SELECT figure, breakdown, code_a, code_b, code_c, value FROM counted
"""


@cache
def recount_statement() -> str:
    """The SQL, with parameters ``first`` and ``until`` (dates); gives one row: cells counted, written, removed."""
    return _counted(only="") + WRITING


@cache
def late_statement() -> str:
    """The SQL of the same cells from reports entered after the parameter ``since``; gives the cells, writes nothing."""
    return _counted(only=" AND r.entered_at > %(since)s") + READING


@cache
def definitions() -> str:
    """A digest of what is counted and how: months counted under another one are recounted."""
    return hashlib.sha256(recount_statement().encode()).hexdigest()[:16]


def _counted(*, only: str) -> str:
    scopes = [scope for scope in Scope if any(figure.scope is scope for figure in COUNTED.values())]
    grouped = "".join(f",\n{_grouped(scope)}" for scope in scopes)
    cells = "\nUNION ALL\n".join(_cells(scope) for scope in scopes)
    return HEAD.format(only=only) + grouped + CELLS.format(cells=cells)


def _name(figure: Figure) -> str:
    """A figure's column."""
    return f"n_{figure.key.replace(AT, '_v')}"


def _figures(scope: Scope) -> list[Figure]:
    return [figure for figure in COUNTED.values() if figure.scope is scope]


def _breakdowns(scope: Scope) -> list[Breakdown]:
    return [breakdown for breakdown in HELD.values() if any(COUNTED[key].scope is scope for key in breakdown.figures)]


def _axes(scope: Scope) -> list[Axis]:
    return list({axis.key: axis for breakdown in _breakdowns(scope) for axis in breakdown.axes}.values())


def _mask(scope: Scope, grouped_by: tuple[Axis, ...]) -> int:
    """What GROUPING(all axes) gives for rows grouped by these: a bit for each axis that is not grouped by."""
    bits = "".join("0" if axis in grouped_by else "1" for axis in _axes(scope))
    return int(bits, 2)


def _grouped(scope: Scope) -> str:
    axes = _axes(scope)
    keys = ", ".join(axis.key for axis in axes)
    # A missing code gets its own name here: a NULL would look like an axis that was not grouped by.
    codes = ", ".join(f"coalesce({axis.sql}, '{NOT_RECORDED}') AS {axis.key}" for axis in axes)
    figures = ", ".join(f"{figure.sql} AS {_name(figure)}" for figure in _figures(scope))
    sums = ", ".join(f"sum({_name(figure)}) AS {_name(figure)}" for figure in _figures(scope))
    sets = ", ".join(f"({', '.join(axis.key for axis in breakdown.axes)})" for breakdown in _breakdowns(scope))
    # Rows that are alike along every axis are put together first: the sets then go through far fewer.
    return f"""grouped_{scope} AS (
  SELECT GROUPING({keys}) AS mask, {keys}, {sums}
  FROM (
    SELECT {codes}, {figures}
    FROM {ROWS[scope]}
    GROUP BY {", ".join(str(place) for place in range(1, len(axes) + 1))}
  ) alike
  GROUP BY GROUPING SETS ((), {sets})
)"""  # noqa: S608 - made of our own declarations


def _cells(scope: Scope) -> str:
    picks = ",\n    ".join(_picks(scope))
    # A total is written also when it is 0; a part that does not occur has no row.
    return f"""  SELECT cell.figure, cell.breakdown, cell.code_a, cell.code_b, cell.code_c,
    coalesce(cell.value, 0)::bigint AS value
  FROM grouped_{scope} g CROSS JOIN LATERAL (VALUES
    {picks}
  ) AS cell (mask, figure, breakdown, code_a, code_b, code_c, value)
  WHERE cell.mask = g.mask AND (cell.value > 0 OR cell.breakdown = '{TOTAL}')"""  # noqa: S608 - the same


def _picks(scope: Scope) -> Iterator[str]:
    figures = _figures(scope)
    for figure in figures:
        yield f"({_mask(scope, ())}, '{figure.key}', '{TOTAL}', '', '', '', g.{_name(figure)})"
    for breakdown in _breakdowns(scope):
        codes = ", ".join([*(f"g.{axis.key}" for axis in breakdown.axes), "''", "''"][:3])
        for figure in figures:
            if figure.key in counted_keys(breakdown.figures):
                yield (
                    f"({_mask(scope, breakdown.axes)}, '{figure.key}', '{breakdown.key}', {codes}, g.{_name(figure)})"
                )
