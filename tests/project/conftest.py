"""Fixtures of the tests of what is true of the whole."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.project import world as worlds
from tests.project.world import World


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One of every record, and someone of every kind. Made once a module, and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)
