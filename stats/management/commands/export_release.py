"""Write a release to a file, as it may leave the house."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from stats.jobs.documents import NoSuchDocumentError, document_bytes
from stats.publication import Document, Form
from stats.releases.exporting import record_export
from stats.releases.reading import UnknownReleaseError, publication_of

LANGUAGES = ("nl", "en")


class Command(BaseCommand):
    """The same bytes every time, in any language, time zone and place."""

    help = "Write a release, its annual report or its press sheet to a file. The digest it is known by stands in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """A release, a form, a file, a language, and a document: all its tables, if none is named."""
        parser.add_argument("release", type=int, metavar="ID")
        parser.add_argument("--format", choices=[form.value for form in Form], required=True)
        parser.add_argument("--output", required=True, metavar="FILE", type=Path)
        parser.add_argument("--lang", choices=LANGUAGES, default="en")
        parser.add_argument("--document", choices=Document.values, default=Document.TABLES.value)

    def handle(self, **options: Any) -> None:
        """Write the file whole, or not at all."""
        try:
            publication = publication_of(options["release"])
        except UnknownReleaseError as error:
            msg = "there is no release of that number"
            raise CommandError(msg) from error
        form, document = Form(options["format"]), Document(options["document"])
        try:
            content = document_bytes(publication, document, form, options["lang"])
        except NoSuchDocumentError as error:
            msg = "the annual report and the press sheet are made as pdf only"
            raise CommandError(msg) from error
        _write(options["output"], content)
        record_export(publication, form, options["lang"], document=document, by=None, now=timezone.now())
        self.stdout.write(f"{len(content)} bytes")


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        msg = "the file can not be written there"
        raise CommandError(msg) from error
