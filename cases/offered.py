"""The codes that may be chosen now, asked for all lists in one statement."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from cases.models import AgeBand, HostingCountry, Outcome, Sex, SiteType, Source

# As a record's fields name them.
LISTS: dict[str, type[Any]] = {
    "source": Source,
    "outcome": Outcome,
    "sex": Sex,
    "age_band": AgeBand,
    "hosting_country": HostingCountry,
    "site_type": SiteType,
}
# What an entry has to know beside its code to be written.
_MORE = {"outcome": ("counts_as", "precedence")}


def offered(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Those of these (list, code) that exist and are offered, as entries of their lists without labels.

    One statement, whatever the number of lists and codes; none when nothing is wanted.
    """
    by_list: dict[str, list[str]] = {}
    for name, code in wanted:
        by_list.setdefault(name, []).append(code)
    if not by_list:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_select(name) for name in by_list), list(by_list.values()))
        return {(name, code): _entry(name, code, *more) for name, code, *more in cursor.fetchall()}


def _select(name: str) -> str:
    # Names of ours, from the table above.
    more = ", ".join(_MORE.get(name, ("NULL::text", "NULL::integer")))
    table = LISTS[name]._meta.db_table  # noqa: SLF001 - Django's public name for it
    return f"SELECT '{name}', code, {more} FROM {table} WHERE is_active AND code = ANY(%s)"  # noqa: S608 - see above


def _entry(name: str, code: str, *more: Any) -> Any:
    stored = {"code": code, **dict(zip(_MORE.get(name, ()), more, strict=False))}
    return LISTS[name].from_db(connection.alias, list(stored), list(stored.values()))
