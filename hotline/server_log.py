"""Whether PostgreSQL's own log can repeat what was typed. Looked at when a process starts and at its first connection.

What the settings must be is in docker/postgres/hotline.conf, which the embedded server uses too. A server of somebody
else's may be set in another way: production refuses it, with a sentence that says what to set.
"""

import logging
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hotline.metadata_only.catalogue import Cursor

logger = logging.getLogger(__name__)

# Messages of this weight and up are written; an ERROR's text repeats the value that was refused.
QUIET = ("log", "fatal", "panic")
# For each setting, the values that keep what was typed out of the log. The first is what the sentence names.
MUST_BE: dict[str, tuple[str, ...]] = {
    "log_min_messages": QUIET,
    "log_min_error_statement": ("panic",),
    "log_error_verbosity": ("terse",),
    "log_statement": ("none",),
    "log_duration": ("off",),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_parameter_max_length": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "log_lock_waits": ("off",),
    "log_temp_files": ("-1",),
    "log_replication_commands": ("off",),
    "debug_print_parse": ("off",),
    "debug_print_rewritten": ("off",),
    "debug_print_plan": ("off",),
}
# Extensions that write statements to the log or keep them. Their settings show that they are loaded.
LOADED = re.compile(r"(auto_explain|pgaudit|pg_stat_statements|pg_qualstats|pg_store_plans)[.]")
READ = "SELECT name, setting FROM pg_settings WHERE name ~ '^(log_|debug_print)' OR name ~ '[.]'"


@dataclass(frozen=True, order=True)
class WrongSetting:
    """A setting that lets the server's log repeat a value."""

    name: str
    mend: str

    def __str__(self) -> str:
        return f"PostgreSQL's {self.name} lets its log repeat what was typed: {self.mend}"


def wrong_settings(cursor: Cursor) -> list[WrongSetting]:
    """The settings that this connection's server would log by, and what to set instead. None is as it must be."""
    cursor.execute(READ)
    there: dict[str, str] = dict(cursor.fetchall())
    wrong = [
        WrongSetting(name, f"set {name} = {allowed[0]}.")
        for name, allowed in MUST_BE.items()
        if there.get(name) not in allowed
    ]
    loaded = {found[1] for name in there if (found := LOADED.match(name))}
    return sorted([*wrong, *(WrongSetting(name, "take it out of the libraries that are loaded.") for name in loaded)])


class ServerLogError(ImproperlyConfigured):
    """The server's log could repeat what was typed; the message says what to set, and where."""

    def __init__(self, wrong: list[WrongSetting]) -> None:
        self.wrong = wrong
        told = " ".join(setting.mend[0].upper() + setting.mend[1:] for setting in wrong)
        super().__init__(
            f"PostgreSQL's log could repeat what was typed. {told} docker/postgres/hotline.conf has all of them."
        )


class _Looked:
    """Whether this process has looked."""

    done = False


def look_at_connection(*, connection: Any, **_sender: Any) -> None:
    """Look at the server behind a process's first connection.

    Raises ServerLogError in production; locally a warning says the same. Receives Django's ``connection_created``.
    """
    if _Looked.done:
        return
    with connection.connection.cursor() as cursor:
        wrong = wrong_settings(cursor)
    if wrong and settings.PRODUCTION:
        raise ServerLogError(wrong)
    for setting in wrong:
        logger.warning("server log setting %s", setting.name)
    _Looked.done = True
