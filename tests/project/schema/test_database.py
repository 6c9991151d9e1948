"""The database holds what the list of columns says: as it is, and after each of many ways to let something else in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from hotline.metadata_only.database import check_database
from hotline.metadata_only.findings import Finding, Rule
from hotline.metadata_only.kinds import LABEL_SQL
from hotline.metadata_only.tables import TABLES

pytestmark = pytest.mark.django_db

# A way in; the place and the rule that must be told. Each is done to the real database and rolled back.
MUTATIONS = [
    ("ALTER TABLE cases_report ADD COLUMN note text", "cases_report.note", Rule.UNLISTED),
    ("ALTER TABLE cases_report ADD COLUMN tags text[]", "cases_report.tags", Rule.UNLISTED),
    ("ALTER TABLE cases_report ALTER COLUMN state TYPE text", "cases_report.state", Rule.TYPE),
    ("ALTER TABLE cases_recipient ALTER COLUMN name TYPE varchar(200)", "cases_recipient.name", Rule.TYPE),
    ("ALTER TABLE cases_recipient ALTER COLUMN name TYPE varchar", "cases_recipient.name", Rule.TYPE),
    ("ALTER TABLE cases_report ADD COLUMN extra jsonb DEFAULT '{}'", "cases_report.extra", Rule.UNLISTED),
    ("ALTER TABLE cases_finding ADD COLUMN file bytea", "cases_finding.file", Rule.UNLISTED),
    ("ALTER TABLE cases_finding ADD COLUMN page xml", "cases_finding.page", Rule.UNLISTED),
    ("ALTER TABLE cases_finding ADD COLUMN address inet", "cases_finding.address", Rule.UNLISTED),
    ("ALTER TABLE cases_auditevent ALTER COLUMN subject_key TYPE text", "cases_auditevent.subject_key", Rule.TYPE),
    ("ALTER TABLE cases_report ALTER COLUMN url_count TYPE bigint", "cases_report.url_count", Rule.TYPE),
    ("CREATE TABLE other_app_note (id bigint, note text)", "other_app_note", Rule.UNLISTED),
    ("CREATE UNLOGGED TABLE other_app_note (id bigint)", "other_app_note", Rule.UNLOGGED),
    ("ALTER TABLE cases_senderkey SET UNLOGGED", "cases_senderkey", Rule.UNLOGGED),
    (
        "ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain",
        "cases_recipient.name",
        Rule.PATTERN,
    ),
    (
        "ALTER TABLE cases_report DROP CONSTRAINT report_state_is_known",
        "cases_report.state",
        Rule.LISTED,
    ),
    (
        "ALTER TABLE cases_report DROP CONSTRAINT report_url_count_in_range",
        "cases_report.url_count",
        Rule.RANGE,
    ),
    (
        ("ALTER TABLE cases_report DROP CONSTRAINT report_url_count_in_range;"
        "ALTER TABLE cases_report ADD CONSTRAINT wide CHECK (url_count BETWEEN 0 AND 1000000000)"),
        "cases_report.url_count",
        Rule.RANGE,
    ),
    (
        ("ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain;"
        "ALTER TABLE cases_recipient ADD CONSTRAINT recipient_name_is_plain CHECK (name ~ '^.{2,60}$')"),
        "cases_recipient.name",
        Rule.PATTERN,
    ),
    (
        ("ALTER TABLE accounts_user DROP CONSTRAINT user_username_is_plain;"
        "ALTER TABLE accounts_user ADD CONSTRAINT unanchored CHECK (username ~ '[a-z][a-z0-9]{1,29}$')"),
        "accounts_user.username",
        Rule.PATTERN,
    ),
    (
        ("ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain;"
        f"ALTER TABLE cases_recipient ADD CHECK (name ~ '{LABEL_SQL.replace(chr(39), chr(39) * 2)}' OR is_active)"),
        "cases_recipient.name",
        Rule.PATTERN,
    ),
    (
        ("ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain;"
        f"ALTER TABLE cases_recipient ADD CHECK (name ~ '{LABEL_SQL.replace(chr(39), chr(39) * 2)}') NOT VALID"),
        "cases_recipient.name",
        Rule.PATTERN,
    ),
    (
        ("ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain;"
        f"ALTER TABLE cases_recipient ADD CHECK (name ~ '{LABEL_SQL.replace(chr(39), chr(39) * 2)}') NOT ENFORCED"),
        "cases_recipient.name",
        Rule.PATTERN,
    ),
    (
        ("ALTER TABLE cases_report DROP CONSTRAINT report_state_is_known;"
        "ALTER TABLE cases_report ADD CHECK (state IN ('received', 'http://x.example/'))"),
        "cases_report.state",
        Rule.LISTED,
    ),
    (
        "ALTER TABLE cases_auditevent DROP CONSTRAINT auditevent_changes_are_plain",
        "cases_auditevent.changes",
        Rule.SPELLED,
    ),
    (
        "ALTER TABLE cases_finding DROP CONSTRAINT finding_outcome_counts_as",
        "cases_finding.outcome_id",
        Rule.REFERS,
    ),
    (
        "ALTER TABLE cases_finding ALTER CONSTRAINT finding_outcome_counts_as NOT ENFORCED",
        "cases_finding.outcome_id",
        Rule.REFERS,
    ),
    (
        "ALTER TABLE cases_auditevent DISABLE TRIGGER auditevent_append_only",
        "cases_auditevent.auditevent_append_only",
        Rule.TRIGGER_OFF,
    ),
    (
        "ALTER TABLE stats_release ENABLE REPLICA TRIGGER frozen",
        "stats_release.frozen",
        Rule.TRIGGER_OFF,
    ),
    (
        "DROP TRIGGER auditevent_no_truncate ON cases_auditevent",
        "cases_auditevent.auditevent_no_truncate",
        Rule.TRIGGER_MISSING,
    ),
    (
        "CREATE TRIGGER copies AFTER INSERT ON cases_report EXECUTE FUNCTION stats_mark_truncated()",
        "cases_report.copies",
        Rule.TRIGGER,
    ),
    ("ALTER TABLE cases_report DISABLE TRIGGER ALL", "cases_report", Rule.TRIGGER_OFF),
    (
        "ALTER TABLE cases_report ADD COLUMN said text GENERATED ALWAYS AS (state || source_id) STORED",
        "cases_report.said",
        Rule.UNLISTED,
    ),
    (
        ("ALTER TABLE stats_exportjob DROP COLUMN failure;"
        "ALTER TABLE stats_exportjob ADD COLUMN failure varchar(16) GENERATED ALWAYS AS ('x') STORED"),
        "stats_exportjob.failure",
        Rule.GENERATED,
    ),
    ("ALTER TABLE cases_recipient ALTER COLUMN name SET DEFAULT 'a text'", "cases_recipient.name", Rule.DEFAULT),
    ("ALTER TABLE cases_auditevent ALTER changes SET DEFAULT '{\"a\": 1}'", "cases_auditevent.changes", Rule.DEFAULT),
    ("ALTER TABLE cases_recipient DROP COLUMN is_active", "cases_recipient.is_active", Rule.MISSING),
    ("CREATE SCHEMA beside", "beside", Rule.SCHEMA),
    ("CREATE VIEW names AS SELECT name FROM cases_recipient", "names", Rule.RELATION),
    ("CREATE MATERIALIZED VIEW names AS SELECT name FROM cases_recipient", "names", Rule.RELATION),
    ("CREATE DOMAIN free AS text", "free", Rule.TYPE_MADE),
    ("CREATE TYPE mood AS ENUM ('a text')", "mood", Rule.TYPE_MADE),
    ("CREATE TYPE pair AS (a text, b text)", "pair", Rule.RELATION),
    ("CREATE TABLE parted (id int) PARTITION BY LIST (id)", "parted", Rule.RELATION),
    ("CREATE TABLE child (note text) INHERITS (cases_report)", "child", Rule.UNLISTED),
    (
        ("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER away FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE far (note text) SERVER away"),
        "far",
        Rule.RELATION,
    ),
    ("CREATE FOREIGN DATA WRAPPER w", "w", Rule.CARRIED_OUT),
    ("CREATE PUBLICATION out FOR ALL TABLES", "out", Rule.CARRIED_OUT),
    ("COMMENT ON TABLE cases_report IS 'a text'", "public.cases_report", Rule.COMMENT),
    ("COMMENT ON COLUMN cases_report.state IS 'a text'", "public.cases_report.state", Rule.COMMENT),
    ("COMMENT ON SCHEMA public IS 'a text'", "public", Rule.COMMENT),
    ("COMMENT ON FUNCTION hotline_today() IS 'a text'", "public.hotline_today()", Rule.COMMENT),
    ("SELECT lo_from_bytea(424242, 'a text')", "424242", Rule.LARGE_OBJECT),
    (
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "more",
        Rule.FUNCTION,
    ),
    (
        "CREATE FUNCTION more(internal) RETURNS internal LANGUAGE internal AS 'boolin'",
        "more",
        Rule.LANGUAGE,
    ),
    ("CREATE RULE quiet AS ON INSERT TO cases_report DO ALSO NOTHING", "cases_report.quiet", Rule.REWRITE),
    ("ALTER TABLE auth_group DROP CONSTRAINT auth_group_name_is_plain", "auth_group.name", Rule.PATTERN),
]  # fmt: skip


@contextmanager
def mutated(statement: str) -> Iterator[None]:
    """The database so changed. Put back at once: a changed table is locked for everybody else."""
    savepoint = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    yield
    transaction.savepoint_rollback(savepoint)


def findings() -> list[Finding]:
    with connection.cursor() as cursor:
        return check_database(cursor)


def test_database_is_as_the_list_says():
    assert findings() == []


def test_every_mutation_is_another():
    assert len({mutation for mutation, *_ in MUTATIONS}) == len(MUTATIONS) >= 25


@pytest.mark.parametrize(("mutation", "place", "rule"), MUTATIONS)
def test_what_could_hold_something_else_is_told(mutation, place, rule):
    with mutated(mutation):
        assert Finding(place, rule) in findings()


def test_an_extension_is_told():
    # plpgsql under another name is as good as another one to show that names are looked at.
    with mutated("UPDATE pg_extension SET extname = 'hstore' WHERE extname = 'plpgsql'"):
        assert Finding("hstore", Rule.EXTENSION) in findings()


def test_every_table_of_the_database_is_listed_and_no_other():
    assert set(connection.introspection.table_names()) == TABLES.keys()


def test_exceptions_are_few_and_each_has_a_reason():
    reasons = {f"{table}.{name}": kind.exception for table, kinds in TABLES.items() for name, kind in kinds.items()}
    named = {place for place, reason in reasons.items() if reason}
    assert named == {
        "accounts_session.session_data",
        "accounts_user.password",
        "cases_auditevent.changes",
        "django_session.session_data",
        "stats_exportjob.content",
    }
    assert all(len(reasons[place]) > 20 for place in named)


def test_check_schema_names_column_and_rule_and_ends_with_1(capsys):
    call_command("check_schema")
    assert "holds what the list of columns says" in capsys.readouterr().out
    with mutated("ALTER TABLE cases_report ADD COLUMN note text"), pytest.raises(CommandError, match=r"^1 things"):
        call_command("check_schema")
    assert capsys.readouterr().err == f"cases_report.note {Rule.UNLISTED}\n"


def test_a_kind_that_is_text_has_a_pattern_a_list_or_a_row_it_refers_to():
    for table, kinds in TABLES.items():
        for name, kind in kinds.items():
            assert not kind.is_text or kind.pattern or kind.listed or kind.to, f"{table}.{name}"
            assert (
                re.match(
                    r"(bigint|integer|smallint|boolean|date|uuid|timestamp with time zone|numeric\(16,2\)"
                    r"|character varying\([0-9]{1,4}\))\Z",
                    kind.type,
                )
                or kind.exception
            ), f"{table}.{name}"
