"""The guard that fails a test which leaves rows behind, broken on purpose."""

import pytest

from hotline.accounts.permissions import Role
from tests import make
from tests.conftest import OTHER_EYES, rows_left


def test_rows_that_were_committed_are_named(committed_db, pytestconfig):
    other = pytestconfig.stash[OTHER_EYES]
    assert rows_left(other) == []
    make.report()
    assert {"cases_report", "accounts_user", "stats_dirtymonth"} <= set(rows_left(other))


def test_a_fixture_may_not_write_before_it_has_a_transaction(django_db_setup):
    """What left rows once: the database stood open to the whole run, and a fixture wrote outside any transaction."""
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        make.user(Role.ANALYST)
