"""Put a backup back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hotline.backup.clients import ClientError
from hotline.backup.manifest import ManifestError
from hotline.backup.restoring import RestoreError, Wish, restore


class Command(BaseCommand):
    """Into an empty database, as the schema's owner; then it is migrated and verified."""

    help = "Put the backup in FOLDER back, then migrate, verify releases and audit log, and compare with its manifest."
    requires_system_checks: list[str] = []  # the database may be empty
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Which, and what may be lost by it."""
        parser.add_argument("folder", type=Path, help="a folder hotline-TIME that 'backup' made")
        parser.add_argument("--replace", action="store_true", help="throw away what the database holds now")
        parser.add_argument("--other-secrets", action="store_true", help="go on with other secrets than they were")

    def handle(self, **options: Any) -> None:
        """Say what came back."""
        wish = Wish(folder=options["folder"], replace=options["replace"], other_secrets=options["other_secrets"])
        try:
            manifest = restore(wish, now=timezone.now())
        except (ManifestError, ClientError, RestoreError) as error:
            raise CommandError(str(error)) from error
        held = manifest.contents
        self.stdout.write(
            f"{sum(held.rows.values())} rows in {len(held.rows)} tables came back as they were on {manifest.made_at};"
            f" {len(held.releases)} releases and audit block {held.audit_block} verified"
        )
        self.stdout.write("Everybody has to sign in again. What was done since the backup was made is not in it.")
