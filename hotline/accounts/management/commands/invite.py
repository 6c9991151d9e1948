"""Invite somebody from the terminal of the server: the first administrator, or one who lost everything."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hotline.accounts import actions
from hotline.accounts.models import User
from hotline.accounts.permissions import Role


class Command(BaseCommand):
    """Makes an account, or a new invitation for one there is, and prints the code once."""

    help = "Invite somebody to choose a password: by name, role and language for a new account; else one there is."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user name; the rest for a new account."""
        parser.add_argument("username")
        parser.add_argument("--name", help="for a new account: the name that colleagues see")
        parser.add_argument("--role", choices=Role.values, default=Role.ADMINISTRATOR)
        parser.add_argument("--language", choices=["nl", "en"], default="nl")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the path of the invitation and its code, and nothing else."""
        now = timezone.now()
        user = User.objects.filter(username=options["username"]).first()
        try:
            if user is not None:
                code = actions.invite(by=None, now=now, user=user)
            elif options["name"]:
                fields = {key: options[key] for key in ("username", "name", "role", "language")}
                user, code = actions.add(by=None, now=now, **fields)
            else:
                msg = "There is no such account. For a new one, give its --name, too."
                raise CommandError(msg)
        except ValidationError as error:
            # By field and rule: what was typed is not repeated.
            said = "; ".join(f"{field}: {' '.join(rules)}" for field, rules in error.message_dict.items())
            raise CommandError(said) from None
        except actions.AccountError as error:
            raise CommandError(str(error.message)) from None
        self.stdout.write(f"/invitation/#{code}")
