"""Records for tests, made through the product's own actions where it has them."""

import secrets
import string
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import connection

from cases.actions import recipients, reports
from cases.actions.findings import Tally
from cases.actions.reports import Intake
from cases.closed_months import EveryMonth
from cases.models import AgeBand, HostingCountry, Outcome, Recipient, Report, Sex, SiteType, Source
from hotline.accounts.models import User
from hotline.accounts.permissions import Role

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=AMSTERDAM)
PASSWORD = "correct horse battery staple"


def user(role: Role | str = Role.ANALYST, **fields: Any) -> User:
    """A person with a role, who can sign in with PASSWORD."""
    fields.setdefault("username", "".join(secrets.choice(string.ascii_lowercase) for _ in range(12)))
    fields.setdefault("name", f"Test {role}")
    fields.setdefault("language", "en")
    person = User(role=role, password=hashed(), **fields)
    person.save()
    return person


@cache
def hashed() -> str:
    """PASSWORD, hashed once in a run: it takes as long as it should."""
    return make_password(PASSWORD)


def intake(**fields: Any) -> Intake:
    """An intake of 10 URLs from the public on 2026-03-01."""
    fields.setdefault("received_date", date(2026, 3, 1))
    fields.setdefault("url_count", 10)
    fields["source"] = Source.objects.get(pk=fields.get("source", "public"))
    return Intake(**fields)


def database_address() -> str:
    """The test database, for connections of a test's own."""
    there = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        dbname=there["NAME"], user=there["USER"], password=there["PASSWORD"], host=there["HOST"], port=there["PORT"]
    )


LISTS = {
    "outcome": Outcome,
    "sex": Sex,
    "age_band": AgeBand,
    "hosting_country": HostingCountry,
    "site_type": SiteType,
}


def tally(outcome: str = "confirmed_baseline", url_count: int = 1, **codes: Any) -> Tally:
    """A tally from codes."""
    rows = {
        name: LISTS[name].objects.get(pk=code) if name in LISTS and code is not None else code
        for name, code in {"outcome": outcome, **codes}.items()
    }
    return Tally(url_count=url_count, **rows)


def report(*tallies: Tally, by: User | None = None, now: datetime = NOW, **fields: Any) -> Report:
    """A logged report, whether or not its month is closed."""
    return reports.log(by=by or user(), now=now, intake=intake(**fields), tallies=tallies, confirmed=EveryMonth())


def recipient(name: str = "Example Hosting", kind: str = "hosting_provider", **fields: Any) -> Recipient:
    """An organisation."""
    fields.setdefault("code", recipients.code_from(name, set(Recipient.objects.values_list("code", flat=True))))
    return Recipient.objects.create(name=name, kind=kind, **fields)
