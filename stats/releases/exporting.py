"""Who took which release in which form: noted for every one that leaves the house."""

from datetime import datetime
from typing import TYPE_CHECKING

from cases.actions import audit
from stats.publication import Document, Form, Publication

if TYPE_CHECKING:
    from hotline.accounts.models import User


def record_export(
    publication: Publication,
    form: Form,
    language: str,
    *,
    by: "User | None",
    now: datetime,
    document: Document = Document.TABLES,
) -> None:
    """Write the audit event of one export. ``by`` None: somebody at the server's own terminal."""
    record_export_of(publication.facts.number, document, form, language, by=by, now=now, exact=publication.is_internal)


def record_export_of(
    number: int,
    document: Document,
    form: Form,
    language: str,
    *,
    by: "User | None",
    now: datetime,
    exact: bool = False,
) -> None:
    """The same of a release by its number: a file that was made earlier is taken again."""
    changes: audit.Changes = {"document": [None, document.value], "format": [None, form.value]}
    changes["language"] = [None, language]
    if exact:
        changes["exact"] = [None, "yes"]
    event = audit.Event(verb="export", subject="release", subject_key=str(number), changes=changes)
    audit.record(event, by=by, now=now)
