"""``manage.py check_schema``: whether the database can hold anything but metadata."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from hotline.metadata_only.database import check_database
from hotline.server_log import wrong_settings


class Command(BaseCommand):
    """Thin: two calls, a line for each finding, exit 1 when there is one."""

    help = "Compare every table of the database with the list of columns, and the server's log settings with ours."

    def handle(self, **options: Any) -> None:
        """Print what is not as the list has it."""
        with connection.cursor() as cursor:
            found = [*map(str, check_database(cursor)), *map(str, wrong_settings(cursor))]
        for line in found:
            self.stderr.write(line)
        if found:
            msg = f"{len(found)} things are not as they must be (docs/operations.md)."
            raise CommandError(msg)
        self.stdout.write("The database holds what the list of columns says, and its log repeats nothing.")
