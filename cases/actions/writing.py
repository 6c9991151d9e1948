"""New reports with their findings and events, in one statement, however many there are.

Written through the models one report took six statements and most of its time in putting them together
(docs/performance.md). Nothing is decided here: what is written was checked by the actions, and the database's own
rules and triggers see these rows like any others.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from cases.actions import audit


class FindingRow(NamedTuple):
    """A finding as it is stored, in the order of :data:`_FINDING`."""

    outcome: str
    counts_as: str
    url_count: int
    self_generated: str | None
    sex: str | None
    age_band: str | None
    hosting_country: str | None
    site_type: str | None

    @property
    def changes(self) -> audit.Changes:
        """What its event says of it: all but what follows from its outcome."""
        return audit.changes_between({}, {name: value for name, value in self._asdict().items() if name != "counts_as"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A new report as it is stored; ``outcome`` and ``referral_status`` as they follow from its findings."""

    received_date: date
    source: str
    url_count: int
    state: str
    outcome: str | None
    referral_status: str | None
    assignee: int | None
    findings: tuple[FindingRow, ...] = ()

    @property
    def changes(self) -> audit.Changes:
        """What its event says of it."""
        fields = ("received_date", "source", "url_count", "state", "outcome", "referral_status")
        return audit.changes_between({}, {name: getattr(self, name) for name in fields})


# Numbers are drawn first, so that the events can name what is written beside them. Triggers and foreign keys are looked
# at when the whole statement has ended, and see all of it.
_WRITE = """
WITH report AS MATERIALIZED (
    SELECT nextval('cases_report_id_seq') AS id, given.*
    FROM unnest(
        %s::date[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::jsonb[]
    ) WITH ORDINALITY AS given (
        received_date, source, url_count, state, outcome, referral_status, assignee, changes, place
    )
), finding AS MATERIALIZED (
    SELECT nextval('cases_finding_id_seq') AS id, given.*
    FROM unnest(
        %s::integer[], %s::text[], %s::text[], %s::integer[],
        %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::jsonb[]
    ) AS given (
        place, outcome, counts_as, url_count, self_generated, sex, age_band, hosting_country, site_type, changes
    )
), written_reports AS (
    INSERT INTO cases_report (
        id, received_date, source_id, url_count, state, outcome_id, referral_status, assignee_id,
        reference_year, version, entered_at
    )
    SELECT id, received_date, source, url_count, state, outcome, referral_status, assignee,
        extract(year FROM received_date), 1, %s
    FROM report ORDER BY place
), written_findings AS (
    INSERT INTO cases_finding (
        id, report_id, outcome_id, counts_as, url_count, self_generated,
        sex_id, age_band_id, hosting_country_id, site_type_id
    )
    SELECT finding.id, report.id, finding.outcome, counts_as, finding.url_count, self_generated,
        sex, age_band, hosting_country, site_type
    FROM finding JOIN report USING (place) ORDER BY finding.id
), written_events AS (
    INSERT INTO cases_auditevent (at, actor, verb, subject, subject_key, report_id, changes)
    SELECT %s, %s, verb, subject, key::text, report, changes FROM (
        SELECT 'log' AS verb, 'report' AS subject, id AS key, id AS report, changes, 0 AS part FROM report
        UNION ALL
        SELECT 'assess', 'finding', finding.id, report.id, finding.changes, 1 FROM finding JOIN report USING (place)
    ) AS event ORDER BY report, part, key
)
SELECT id FROM report ORDER BY place
"""


def insert_reports(rows: Sequence[ReportRow], *, actor: uuid.UUID | None, now: datetime) -> list[int]:
    """Write reports, their findings and an event for each of both; the numbers of the reports, in the order given.

    One statement, which writes all or nothing by itself.
    """
    findings = [(place, row) for place, report in enumerate(rows, start=1) for row in report.findings]
    report_columns = _columns(
        (row.received_date, row.source, row.url_count, row.state, row.outcome, row.referral_status, row.assignee)
        for row in rows
    )
    finding_columns = _columns((place, *row) for place, row in findings)
    parameters = [
        *(report_columns or [[]] * 7),
        [json.dumps(row.changes) for row in rows],
        *(finding_columns or [[]] * 9),
        [json.dumps(row.changes) for _place, row in findings],
        *(now, now, actor),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def one_transaction() -> AbstractContextManager[Any]:
    """A transaction, or the one that is open already.

    For writes that are one statement: they need no savepoint of their own to be all or nothing, and a savepoint would
    cost two statements more.
    """
    return nullcontext() if connection.in_atomic_block else transaction.atomic()
