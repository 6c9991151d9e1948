#!/usr/bin/env python
"""Django's commands for Hotline, on servers of their own unless the environment names others."""

import os
import sys

# What changes the schema, or reads it whole. Everything else runs with the application's own, smaller rights.
OWNER_COMMANDS = {
    "migrate", "makemigrations", "flush", "test", "testserver", "sqlflush", "squashmigrations", "restore",
}  # fmt: skip
# These need no schema, or make it.
NO_SCHEMA_COMMANDS = OWNER_COMMANDS | {
    "check", "collectstatic", "compilemessages", "help", "makemessages", "showmigrations", "sqlmigrate", "startapp",
    "version", "--help", "-h", "--version",
}  # fmt: skip


def main() -> None:
    """Run one command; in local mode, with servers, secrets and a migrated schema."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
    try:
        from hotline.commands import Commands  # noqa: PLC0415 - Django may be missing
    except ImportError:
        sys.exit("Django is not installed in this Python. Run 'make setup', then .venv/bin/python manage.py ...")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNER_COMMANDS:
        os.environ.setdefault("HOTLINE_DATABASE_ROLE", "owner")
    if os.environ.get("HOTLINE_MODE", "local") == "local":
        from hotline.local import prepare  # noqa: PLC0415 - production has no embedded servers

        prepare(with_schema=command not in NO_SCHEMA_COMMANDS)
    Commands(sys.argv).execute()


if __name__ == "__main__":
    main()
