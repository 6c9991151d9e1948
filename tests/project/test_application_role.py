"""What the application's own database role can not do, tried with a real connection as that role.

Tables, triggers, constraints, functions and sequences are asked of the catalogue: what a migration adds is tried too.
"""

import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql

from hotline.accounts.permissions import Role
from hotline.embedded.postgres import take_rights
from hotline.grants import closed_tables, grant_application_role, written_tables
from tests import make

# Roles belong to the server, which parallel test processes share; so do the rights on its other databases.
pytestmark = pytest.mark.xdist_group("database roles")
ROLE = f"hotline_app_trial_{secrets.token_hex(4)}"
OWNER = f"hotline_owner_trial_{secrets.token_hex(4)}"


# PostgreSQL's own words where a right is missing; a trigger of ours says something else.
REFUSALS = ("permission denied", "must be ", "Only roles with ", "access to library")


@dataclass
class Trial:
    """A connection as the application's role, beside what a superuser sees."""

    own: psycopg.Connection
    address: str
    tried: ClassVar[int] = 0  # of all tests here, in whatever order they come
    let_through: ClassVar[int] = 0

    def let(self, *statements: str) -> list[str]:
        """Try each; those that are not refused for want of a right. A trigger's refusal is not enough."""
        Trial.tried += len(statements)
        through = [f"{statement}: {answer}" for statement in statements if (answer := self._answer(statement))]
        Trial.let_through += len(through)
        return through

    def _answer(self, statement: str) -> str:
        try:
            try:
                self.own.execute(statement)
            except psycopg.errors.NoActiveSqlTransaction:
                with self.own.transaction(force_rollback=True):
                    self.own.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            said = error.diag.message_primary or ""
            return "" if said.startswith(REFUSALS) else said
        except psycopg.Error as error:
            return f"{error.sqlstate} {error}"
        return "let through"


@pytest.fixture(scope="module")
def trial(django_db_setup, django_db_blocker) -> Iterator[Trial]:
    """As a role that has just what every migrate grants to the application's, and what the server takes from all."""
    password = secrets.token_urlsafe(20)
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.APP_DATABASE_ROLE", ROLE)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER)))
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(ROLE), password))
            grant_application_role()
        address = psycopg.conninfo.make_conninfo(make.database_address(), user=ROLE, password=password)
        with psycopg.connect(make.database_address(), autocommit=True) as superuser:
            take_rights(superuser, owner=OWNER, app=ROLE)
            with psycopg.connect(address, autocommit=True) as own:
                yield Trial(own, address)
            for role in (ROLE, OWNER):
                superuser.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
                superuser.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def asked(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


TABLES = "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
TRIGGERS = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
CONSTRAINTS = """
    SELECT conname, conrelid::regclass::text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""
FUNCTIONS = """
    SELECT oid::regprocedure::text, prorettype = 'trigger'::regtype FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
"""
SEQUENCES = "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
INDEXES = "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'i'"

OF_A_TABLE = (
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "TRUNCATE {} RESTART IDENTITY CASCADE",
    "DROP TABLE {}",
    "DROP TABLE {} CASCADE",
    "ALTER TABLE {} ADD COLUMN note text",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {} RENAME TO elsewhere",
    "ALTER TABLE {} SET SCHEMA pg_temp",
    "ALTER TABLE {} OWNER TO CURRENT_USER",
    "ALTER TABLE {} SET UNLOGGED",
    "ALTER TABLE {} REPLICA IDENTITY FULL",
    "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()",
    "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE INDEX mine ON {} ((1))",
    "CREATE POLICY mine ON {}",
    "CREATE STATISTICS mine ON tableoid, ctid FROM {}",
    "COMMENT ON TABLE {} IS 'a note'",
    "COPY {} TO '/tmp/hotline-trial'",
    "COPY {} FROM '/etc/hostname'",
    "COPY {} TO PROGRAM 'cat'",
    "COPY {} FROM PROGRAM 'echo'",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
)
# To lock a table whole takes the right to change its rows, or to delete them: those that are written may be.
LOCK = OF_A_TABLE[-1]
OF_A_CLOSED_TABLE = (
    "UPDATE {table} SET {column} = {column}",
    "UPDATE ONLY {table} SET {column} = {column} WHERE false",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE false",
    "SELECT * FROM {table} FOR UPDATE",
    "SELECT * FROM {table} FOR SHARE",
    "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET {column} = t.{column}",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({column}) DO UPDATE SET {column} = excluded.{column}",
)
OF_A_READ_TABLE = (
    "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
)


def test_no_table_can_be_emptied_altered_or_copied_by_the_server(trial, db):
    closed_or_read = closed() | ({name for (name,) in asked(TABLES)} - written_tables())
    statements = [
        statement.format(table)
        for (table,) in asked(TABLES)
        for statement in OF_A_TABLE
        if statement != LOCK or table in closed_or_read
    ]
    assert trial.let(*statements) == []


def closed() -> set[str]:
    with connection.cursor() as cursor:
        return closed_tables(cursor)


def first_column(table: str) -> str:
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return cursor.fetchone()[0]


def each(tables: set[str], statements: tuple[str, ...]) -> list[str]:
    columns = {table: first_column(table) for table in sorted(tables)}
    return [
        statement.format(table=table, column=column) for table, column in columns.items() for statement in statements
    ]


def test_what_is_closed_can_not_be_touched(trial, db):
    tables = closed()
    assert {"cases_auditevent", "stats_release", "stats_frozencell"} <= tables
    assert trial.let(*each(tables, OF_A_CLOSED_TABLE)) == []


def test_what_others_write_can_only_be_read(trial, db):
    tables = {name for (name,) in asked(TABLES)} - written_tables()
    assert "django_migrations" in tables
    assert trial.let(*each(tables, OF_A_READ_TABLE)) == []


def test_no_trigger_constraint_function_index_or_sequence_can_be_changed(trial, db):
    tried: list[str] = []
    for name, table in asked(TRIGGERS):
        tried += [f'DROP TRIGGER "{name}" ON {table}', f'ALTER TABLE {table} DISABLE TRIGGER "{name}"']
        tried += [f'ALTER TRIGGER "{name}" ON {table} RENAME TO mine']
    for name, table in asked(CONSTRAINTS):
        tried += [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"']
    for name, is_trigger in asked(FUNCTIONS):
        returns = "trigger" if is_trigger else "void"
        tried += [f"DROP FUNCTION {name} CASCADE", f"ALTER FUNCTION {name} OWNER TO CURRENT_USER"]
        tried += [f"ALTER FUNCTION {name} SET search_path = pg_temp"]
        tried += [f"CREATE OR REPLACE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql AS 'BEGIN END'"]
    tried += [f"DROP INDEX {name}" for (name,) in asked(INDEXES)]
    for (name,) in asked(SEQUENCES):
        tried += [f"SELECT setval('{name}', 1)", f"ALTER SEQUENCE {name} RESTART", f"DROP SEQUENCE {name} CASCADE"]
    assert trial.let(*tried) == []


IN_GENERAL = (
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "SET ROLE postgres",
    f"SET ROLE {OWNER}",
    "SET SESSION AUTHORIZATION postgres",
    f"GRANT {OWNER} TO CURRENT_USER",
    "GRANT pg_read_server_files TO CURRENT_USER",
    "GRANT pg_write_all_data TO CURRENT_USER",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (note text)",
    "CREATE UNLOGGED TABLE public.mine (note text)",
    "CREATE TABLE public.mine AS SELECT 1",
    "SELECT 1 INTO public.mine",
    "CREATE VIEW public.mine AS SELECT 1",
    "CREATE MATERIALIZED VIEW public.mine AS SELECT 1",
    "CREATE SEQUENCE public.mine",
    "CREATE TYPE public.mine AS (note text)",
    "CREATE DOMAIN public.mine AS text",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE c AS 'mine'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE internal AS 'int4in'",
    "CREATE PROCEDURE pg_temp.mine() LANGUAGE plpgsql AS 'BEGIN END'",
    "DO $$ BEGIN END $$",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE FOREIGN DATA WRAPPER mine",
    "CREATE PUBLICATION mine",
    "CREATE SUBSCRIPTION mine CONNECTION 'host=127.0.0.1' PUBLICATION mine WITH (connect = false)",
    "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION mine()",
    "CREATE TABLESPACE mine LOCATION '/tmp'",
    'CREATE COLLATION public.mine FROM "C"',
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET log_statement = 'all'",
    "SET log_min_error_statement = error",
    "SET log_min_duration_statement = 0",
    "SET log_parameter_max_length = -1",
    "LOAD 'auto_explain'",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM pg_subscription",
    "SELECT * FROM pg_user_mapping",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'a note')",
    "SELECT lo_put(1, 0, 'a note')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT lo_export(1, '/tmp/hotline-trial')",
    "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
    "SELECT pg_create_restore_point('mine')",
    "SELECT pg_switch_wal()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    "REASSIGN OWNED BY postgres TO CURRENT_USER",
    f"DROP OWNED BY {OWNER}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT ALL ON TABLES TO PUBLIC",
    "ALTER DATABASE {database} SET session_replication_role = replica",
    "ALTER DATABASE {database} RENAME TO mine",
    "ALTER SCHEMA public RENAME TO mine",
    "DROP SCHEMA public CASCADE",
    "DROP DATABASE postgres",
    "COMMENT ON DATABASE {database} IS 'a note'",
    "CHECKPOINT",
)


def test_nothing_can_be_made_kept_or_read_outside_the_tables(trial, db):
    database = connection.settings_dict["NAME"]
    assert trial.let(*(statement.replace("{database}", database) for statement in IN_GENERAL)) == []


def test_other_databases_are_not_there(trial):
    for name in ("postgres", "template1"):
        Trial.tried += 1
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(psycopg.conninfo.make_conninfo(trial.address, dbname=name))


RIGHTS = """
    SELECT c.oid::regclass::text, right_, has_table_privilege('{role}', c.oid, right_)
    FROM pg_class c,
      unnest('{{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}}'::text[]) right_
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


def rights(role: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, right, has in asked(RIGHTS.format(role=role)):
        found.setdefault(table, set()).update([right] if has else [])
    return found


def test_the_rights_on_every_table_are_the_rules(trial, db):
    change, add = {"SELECT", "INSERT", "UPDATE", "DELETE"}, {"SELECT", "INSERT"}
    written, shut = written_tables(), closed()
    expected = {
        table: add if table in shut else change if table in written else {"SELECT"} for (table,) in asked(TABLES)
    }
    assert rights(ROLE) == expected
    # A GRANT of what one has not got is answered with a warning: nothing may come of it.
    for (table,) in asked(TABLES):
        Trial.tried += 1
        trial.own.execute(f"GRANT ALL ON {table} TO CURRENT_USER WITH GRANT OPTION")
    assert rights(ROLE) == expected


def test_a_table_that_is_closed_later_is_closed_to_the_application(trial, db):
    """The rule, broken on purpose: a new table is written to until its trigger is there and rights are set again."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stats_new (id int)")
        cursor.execute(sql.SQL("GRANT INSERT, UPDATE, TRUNCATE ON stats_new TO {}").format(sql.Identifier(ROLE)))
        assert rights(ROLE)["stats_new"] == {"INSERT", "UPDATE", "TRUNCATE"}
        cursor.execute(
            "CREATE TRIGGER shut BEFORE UPDATE OR DELETE ON stats_new "
            "FOR EACH STATEMENT EXECUTE FUNCTION stats_release_is_frozen()"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.APP_DATABASE_ROLE", ROLE)
            grant_application_role()
    assert rights(ROLE)["stats_new"] == {"SELECT", "INSERT"}
    transaction.set_rollback(True)


def test_the_trial_would_notice_a_right_too_many(trial, db, monkeypatch):
    monkeypatch.setattr(Trial, "tried", Trial.tried)
    monkeypatch.setattr(Trial, "let_through", Trial.let_through)
    with psycopg.connect(make.database_address(), autocommit=True) as superuser:
        superuser.execute(f"GRANT UPDATE ON stats_release TO {ROLE}")
        let = Trial(trial.own, trial.address).let("UPDATE stats_release SET number = number WHERE false")
        superuser.execute(f"REVOKE UPDATE ON stats_release FROM {ROLE}")
    # The trigger stands all the same, and says so.
    assert len(let) == 1
    assert "permission denied" not in let[0]


def test_application_can_do_its_work(trial, committed_db):
    make.report(by=make.user(Role.ANALYST))
    trial.own.execute("INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log','a','1','{}')")
    trial.own.execute("UPDATE cases_report SET url_count = 11")
    assert trial.own.execute("SELECT count(*) FROM stats_dirtymonth").fetchone()[0] > 0
    trial.own.execute("DELETE FROM stats_dirtymonth")
    # What an import needs, and nothing that stays.
    trial.own.execute("CREATE TEMP TABLE import_row (report bigint)")
    trial.own.execute("SELECT cases_analyze_reports()")


def test_how_much_was_tried(trial, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\napplication's role: {trial.tried} statements tried, {trial.let_through} let through\n")
    assert trial.tried > 800
