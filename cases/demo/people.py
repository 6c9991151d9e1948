"""Who works at the made-up hotline, and whom it writes to. No such person or organisation exists."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from cases.actions import audit, recipients
from cases.codes import RecipientKind
from cases.models import HostingCountry, Recipient
from hotline.accounts.models import User
from hotline.accounts.permissions import Role


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A made-up person and how to sign in as that person."""

    role: Role
    username: str
    name: str
    language: str
    password: str = ""


# Names that say what they are. Both languages are somebody's.
PEOPLE = (
    SignIn(role=Role.ANALYST, username="analyst", name="Anna Analist", language="nl"),
    SignIn(role=Role.ANALYST, username="analyst2", name="Alex Analyst", language="en"),
    SignIn(role=Role.LEAD, username="lead", name="Tess Teamleider", language="nl"),
    SignIn(role=Role.ADMINISTRATOR, username="administrator", name="Ada Administrator", language="en"),
    SignIn(role=Role.AUDITOR, username="auditor", name="Otto Auditor", language="en"),
    SignIn(role=Role.READER, username="reader", name="Rita Reader", language="en"),
)
# name, kind, country
RECIPIENTS = (
    ("Voorbeeld Hosting", RecipientKind.HOSTING_PROVIDER, "NL"),
    ("Verzonnen Datacenter", RecipientKind.HOSTING_PROVIDER, "NL"),
    ("Bedachte Beelden", RecipientKind.PLATFORM, "NL"),
    ("Made-up Registrar", RecipientKind.REGISTRAR, "NL"),
    ("Politie (voorbeeld)", RecipientKind.POLICE, "NL"),
    ("Example Hotline Germany", RecipientKind.PARTNER_HOTLINE, "DE"),
    ("Example Hotline United States", RecipientKind.PARTNER_HOTLINE, "US"),
)


def make_people(*, now: datetime) -> list[SignIn]:
    """Make those who are not there yet and give everyone a new random password; returns how to sign in."""
    return [_make(person, now=now) for person in PEOPLE]


def _make(person: SignIn, *, now: datetime) -> SignIn:
    password = secrets.token_urlsafe(12)
    user = User.objects.filter(username=person.username).first() or User(
        username=person.username, name=person.name, role=person.role, language=person.language, created_at=now
    )
    is_new = user.pk is None
    user.set_password(password)
    user.save()
    _record("user_add" if is_new else "password_reset", user, now=now)
    return SignIn(
        role=person.role, username=person.username, name=person.name, language=person.language, password=password
    )


def _record(verb: str, user: User, *, now: datetime) -> None:
    changes = audit.changes_between({}, {"role": user.role, "language": user.language} if verb == "user_add" else {})
    event = audit.Event(verb=verb, subject="user", subject_key=str(user.reference), changes=changes)
    audit.record(event, by=None, now=now)


def make_recipients(*, by: User, now: datetime) -> list[Recipient]:
    """Make the recipients."""
    return [
        recipients.add(by=by, now=now, name=name, kind=kind, country=HostingCountry.objects.get(pk=country))
        for name, kind, country in RECIPIENTS
    ]
