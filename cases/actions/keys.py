"""What is sent again is written once, by the key that comes with it: forms of the pages, and requests of the API.

The key is kept in the transaction of the write. So an answer that was lost after the commit is given again, a crash
before it leaves neither write nor key, and what was refused may be mended and sent under the same key.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from cases.actions.errors import ActionError
from cases.models import RequestKey

if TYPE_CHECKING:
    from hotline.accounts.models import User

OK = 200
CREATED = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where a write led: a subject's code and key as in the audit log, and how it went, in HTTP's numbers.

    ``is_repeat``: this was written before, and nothing was written now.
    """

    subject: str
    subject_key: str
    status: int = OK
    is_repeat: bool = False

    @classmethod
    def to(cls, record: models.Model, *, status: int = OK) -> "Answer":
        """An answer that leads to this record."""
        return cls(subject=record._meta.model_name or "", subject_key=str(record.pk), status=status)  # noqa: SLF001 - Django's documented way to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One sending: its key, who sends, what is asked (a code), and with what content."""

    key: uuid.UUID
    by: "User"
    verb: str
    content: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the content, whatever its order, in hexadecimal digits."""
        canonical = json.dumps(self.content, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class KeyReusedError(ActionError):
    """The key was used before: by someone else, for something else, or with other content. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "",
            "key_reused",
            _("This form was saved before with other content. Nothing more is written, unless you save it once more."),
        )


class InFlightError(ActionError):
    """The same is being written at this moment. Nothing was written by who is told this."""

    def __init__(self) -> None:
        super().__init__("", "in_flight", _("The same is being written at this moment. Ask again in a moment."))


class KeyMissingError(ActionError):
    """No key, or none that can be read, where one is needed."""

    def __init__(self) -> None:
        super().__init__("", "key_missing", _("The form came without its key. Nothing is written; save it again."))


# Plainly, not by the model: keys are looked at twice for each form, and a model's query costs more than the look.
_LOOK = "SELECT actor, verb, content_digest, subject, subject_key, status FROM cases_requestkey WHERE key = %s"


def once(
    *,
    key: uuid.UUID,
    by: "User",
    verb: str,
    content: Mapping[str, Any],
    write: Callable[[], Answer],
    now: datetime,
    wait: bool = True,
) -> Answer:
    """Write, unless that was done under this key already; then give the first answer, as a repeat.

    ``write`` runs inside the transaction that keeps the key. What it raises is raised, and no key is kept. While the
    same key is being written by another, this waits for how that ends, or with ``wait=False`` raises at once.

    Raises ``KeyReusedError``, and ``InFlightError`` when it does not wait.
    """
    sending = Sending(key=key, by=by, verb=verb, content=content)
    with transaction.atomic(), connection.cursor() as cursor:
        earlier = _hold_and_look(cursor, sending, wait=wait)
        if earlier:
            return earlier
        answer = write()
        cursor.execute(
            "INSERT INTO cases_requestkey"
            " (key, actor, verb, content_digest, subject, subject_key, status, written_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [key, by.reference, verb, sending.digest, answer.subject, answer.subject_key, answer.status, now],
        )
    return replace(answer, is_repeat=False)


def answer_to(sending: Sending) -> Answer | None:
    """The answer that this was given before; None when its key is not known, or not yet. Waits for nothing.

    Raises ``KeyReusedError``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [sending.key])
        return _answer(cursor.fetchone(), sending)


def _answer(row: tuple[Any, ...] | None, sending: Sending) -> Answer | None:
    if row is None:
        return None
    actor, verb, content_digest, subject, subject_key, status = row
    same_content = content_digest is None or content_digest == sending.digest
    if actor != sending.by.reference or verb != sending.verb or not same_content:
        raise KeyReusedError
    return Answer(subject=subject, subject_key=subject_key, status=status, is_repeat=True)


def forget_keys(*, before: datetime) -> int:
    """Forget what was written before; sent again after that, it is written again. Gives how many were forgotten."""
    return RequestKey.objects.filter(written_at__lt=before).delete()[0]


def _hold_and_look(cursor: Any, sending: Sending, *, wait: bool) -> Answer | None:
    """Hold the key until the transaction ends, then look what was written under it: two statements, sent as one.

    A lock on half the key: two keys that share it wait for each other and are no worse for it. The unique key stands
    behind it. The look is a statement of its own, so it sees what whoever held the lock has committed.
    """
    half = int.from_bytes(sending.key.bytes[8:], signed=True)
    lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    cursor.execute(f"SELECT {lock}(%s); {_LOOK}", [half, sending.key])
    if cursor.fetchone() == (False,):
        raise InFlightError
    cursor.nextset()
    return _answer(cursor.fetchone(), sending)
