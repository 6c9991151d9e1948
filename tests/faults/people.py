"""Makes the analyst that the harness signs in as, and says how, and which sources there are, as JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")


def main() -> None:
    """Make the analyst."""
    django.setup()
    from cases.models import Source  # noqa: PLC0415 - models need Django
    from tests import make  # noqa: PLC0415 - the same

    analyst = make.user("analyst", username="tester")
    sources = list(Source.objects.offered().values_list("pk", flat=True))
    json.dump({"username": analyst.username, "password": make.PASSWORD, "sources": sources}, sys.stdout)


if __name__ == "__main__":
    main()
