"""``manage.py reseal_factors``: after FACTOR_SECRET was changed, move what is sealed to the new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hotline.accounts.factors.resealing import reseal


class Command(BaseCommand):
    """Thin: one call, two numbers."""

    help = "Seal all secrets of authenticator apps under FACTOR_SECRET; FACTOR_SECRET_OLD can go after it."

    def handle(self, **options: Any) -> None:
        """Print how many are sealed under the present key, and how many no key opens: exit 1 when there are any."""
        done = reseal()
        self.stdout.write(
            f"{done.sealed} sealed under FACTOR_SECRET, {done.lost} that no key opens. Recovery codes and links to the "
            f"provider are hashes: {done.hashed} of them were made before and work while FACTOR_SECRET_OLD is set."
        )
        if done.lost:
            msg = "What no key opens has to be set up again: manage.py reset_factors USERNAME."
            raise CommandError(msg)
