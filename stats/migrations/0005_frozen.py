"""What is frozen stays: no row of a release is changed, removed, or added later by another transaction."""

from django.db import migrations

PARTS = ("stats_frozentable", "stats_frozenpassport")
CELLS = ("stats_frozenline", "stats_frozencell")
ALL = ("stats_release", *PARTS, *CELLS)

FUNCTIONS = """
CREATE FUNCTION stats_release_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a release is frozen' USING ERRCODE = 'insufficient_privilege';
END $$;

-- By the number of the transaction itself and not by xmin: within a savepoint a row's xmin is the savepoint's.
CREATE FUNCTION stats_release_written_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.written_in := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
CREATE TRIGGER written_in BEFORE INSERT ON stats_release
  FOR EACH ROW EXECUTE FUNCTION stats_release_written_in();

-- Rows belong to a release that this very transaction made.
CREATE FUNCTION stats_release_is_of_this_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM new_rows n JOIN stats_release r ON r.number = n.release_id
    WHERE r.written_in <> pg_current_xact_id()::text::bigint
  ) THEN
    RAISE EXCEPTION 'a release is frozen' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION stats_table_is_of_this_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT table_id FROM new_rows) n
    JOIN stats_frozentable t ON t.id = n.table_id
    JOIN stats_release r ON r.number = t.release_id
    WHERE r.written_in <> pg_current_xact_id()::text::bigint
  ) THEN
    RAISE EXCEPTION 'a release is frozen' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
"""
FUNCTIONS_BACK = """
DROP FUNCTION stats_table_is_of_this_transaction();
DROP FUNCTION stats_release_is_of_this_transaction();
DROP TRIGGER written_in ON stats_release;
DROP FUNCTION stats_release_written_in();
DROP FUNCTION stats_release_is_frozen();
"""


def frozen(table: str) -> tuple[str, str]:
    """The SQL that freezes a table, and thaws it."""
    there = f"""
    CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table}
      FOR EACH STATEMENT EXECUTE FUNCTION stats_release_is_frozen();
    CREATE TRIGGER frozen_no_truncate BEFORE TRUNCATE ON {table}
      FOR EACH STATEMENT EXECUTE FUNCTION stats_release_is_frozen();
    """
    return there, f"DROP TRIGGER frozen ON {table}; DROP TRIGGER frozen_no_truncate ON {table};"


def whole(table: str, function: str) -> tuple[str, str]:
    """The SQL by which rows can only be added along with their release."""
    there = f"""
    CREATE TRIGGER frozen_whole AFTER INSERT ON {table}
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
    """
    return there, f"DROP TRIGGER frozen_whole ON {table};"


class Migration(migrations.Migration):
    """Triggers on the tables of releases."""

    dependencies = (("stats", "0004_releases"),)
    operations = (
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        *(migrations.RunSQL(*frozen(table)) for table in ALL),
        *(migrations.RunSQL(*whole(table, "stats_release_is_of_this_transaction")) for table in PARTS),
        *(migrations.RunSQL(*whole(table, "stats_table_is_of_this_transaction")) for table in CELLS),
    )
