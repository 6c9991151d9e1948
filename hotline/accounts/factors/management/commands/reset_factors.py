"""``manage.py reset_factors USERNAME``: a fresh start for who lost app, keys and codes, also the only administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hotline.accounts.factors.administration import reset_as_system
from hotline.accounts.models import User
from hotline.metadata_only import USERNAME


class Command(BaseCommand):
    """Thin: one call. Audited as the system's."""

    help = "Remove somebody's second factors and end their sessions; who must have one sets it up at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        """Reset them. What can be no user name is not asked of the database, and not repeated."""
        user = User.objects.filter(username=username).first() if USERNAME.match(username) else None
        if user is None:
            msg = "No account has this user name."
            raise CommandError(msg)
        reset_as_system(user=user, by=None, now=timezone.now())
        self.stdout.write("The second factors are removed, and the sessions have ended.")
