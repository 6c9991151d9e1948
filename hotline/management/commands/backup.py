"""Make a backup."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hotline.backup.clients import ClientError
from hotline.backup.making import make_backup


class Command(BaseCommand):
    """A dump of the database and its manifest, in a folder of its own."""

    help = "Dump the database into FOLDER/hotline-TIME, with a manifest to verify it by. People go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path, help="the folder that backups are put in; made if there is none")

    def handle(self, **options: Any) -> None:
        """Say what was made, and what has to be kept with it."""
        try:
            folder, manifest = make_backup(into=options["folder"], now=timezone.now())
        except ClientError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            msg = f"The folder can not be written: {error.strerror}."
            raise CommandError(msg) from None
        held = manifest.contents
        self.stdout.write(folder.name)
        self.stdout.write(
            f"{sum(held.rows.values())} rows in {len(held.rows)} tables, {len(held.releases)} releases,"
            f" audit block {held.audit_block} {held.audit_digest}"
        )
        self.stdout.write(f"sha256 {manifest.sha256}, {manifest.size} bytes")
        self.stdout.write(f"Keep with it, apart from it: {', '.join(manifest.secrets)}")
