"""Fills a database with the made-up hotline: people, recipients, four years of reports, a few days of work."""

import json
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from cases.actions.imports import MadeUp, import_reports
from cases.demo.file import write_file
from cases.demo.history import write_history
from cases.demo.people import PEOPLE, SignIn, make_people, make_recipients
from cases.demo.plan import CLOSED_AFTER_DAYS
from cases.demo.work import Work
from cases.importing.load import Stage
from cases.models import Recipient, Report
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.days import hotline_day

SIGN_INS = "demo-sign-ins.json"

Say = Callable[[str], None]


class NotEmptyError(Exception):
    """The database holds somebody's own records."""


def load_demo(*, now: datetime, folder: Path, scale: float, say: Say) -> bool:
    """Load what is not there yet, and write how to sign in to ``folder``; False when all of it was there.

    Killed half-way, the next call does the rest. Raises ``NotEmptyError`` where there are people or reports that are
    not made up.
    """
    has_people = set(User.objects.values_list("username", flat=True)) == {person.username for person in PEOPLE}
    if not has_people and (User.objects.exclude(username__in=[p.username for p in PEOPLE]) or Report.objects.exists()):
        raise NotEmptyError
    path = folder / SIGN_INS
    if has_people and path.exists() and Recipient.objects.exists():
        return False
    if not (has_people and path.exists()):
        say("Making people to sign in as")
        write_sign_ins(path, make_people(now=now))
    if not Report.objects.exists():
        _import(now=now, folder=folder, scale=scale, say=say)
    if not Recipient.objects.exists():
        say("Doing a few days of work")
        _work(now=now, scale=scale, say=say)
    return True


@transaction.atomic
def _work(*, now: datetime, scale: float, say: Say) -> None:
    recipients = make_recipients(by=User.objects.by_role(Role.ADMINISTRATOR).get(), now=now)
    say(f"  {write_history(recipients, now=now):,} referrals of earlier years")
    analysts = list(User.objects.by_role(Role.ANALYST))
    Work(analysts=analysts, recipients=recipients, now=now, scale=scale).do(say)


def write_sign_ins(path: Path, people: list[SignIn]) -> None:
    """Write how to sign in, for the eyes of the folder's owner only; all at once."""
    rows = [{"role": one.role.value, "username": one.username, "password": one.password} for one in people]
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=2)
    draft.replace(path)


def _import(*, now: datetime, folder: Path, scale: float, say: Say) -> None:
    today = hotline_day(now)
    with tempfile.TemporaryDirectory(dir=folder, prefix="demo-file-") as name:
        path = Path(name) / "made-up.csv"
        say("Making up reports from 2023 to today")
        rows = write_file(path, until=today, scale=scale)
        say(f"Importing {rows:,} rows")
        result = import_reports(
            by=None,
            now=now,
            path=path,
            options=MadeUp(extend_coverage=True, closed_before=today - timedelta(days=CLOSED_AFTER_DAYS)),
            progress=_Steps(say).show,
        )
    say(f"  {result.totals.reports:,} reports with {result.totals.findings:,} findings")


class _Steps:
    """Says each stage once, and a quarter, a half and three quarters of the reading."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.last = ""

    def show(self, stage: Stage, done: int, total: int) -> None:
        """Say what is new."""
        quarter = f" {4 * done // total * 25}%" if total else ""
        if (line := f"  {stage.label}{quarter}") != self.last:
            self.last = line
            self.say(line)
