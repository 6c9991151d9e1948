"""What a file of findings looks like: its columns, and where they are in one file."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from cases.importing.faults import WHOLE_ROW, Fault, FileRefusedError, Rule, rule_of_text

REPORT_KEY = "report_key"
# What the rows of one report must agree on, besides url_count.
HEAD = ("received_date", "source")
URL_COUNT = "url_count"
FINDING_COUNT = "finding_url_count"
# What a row says of the finding, besides how many URLs it has.
TAIL = ("outcome", "self_generated", "sex", "age_from", "age_to", "hosting_country", "site_type")
COLUMNS = (REPORT_KEY, *HEAD, URL_COUNT, TAIL[0], FINDING_COUNT, *TAIL[1:])

OTHER_SEPARATORS = ";\t|"

Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where one file has its columns. ``head`` and ``tail`` pick a row's cells in the order of HEAD and TAIL."""

    width: int
    key: Callable[[Sequence[str]], str]
    url_count: Callable[[Sequence[str]], str]
    finding_count: Callable[[Sequence[str]], str]
    head: Callable[[Sequence[str]], Cells]
    tail: Callable[[Sequence[str]], Cells]


def layout_of(header: Sequence[str]) -> Layout:
    """The layout that a file's first row gives.

    Raises ``FileRefusedError`` naming every column that is missing, given twice or not known; a name that is not
    known is not repeated, its place is.
    """
    if len(header) == 1 and any(sign in header[0] for sign in OTHER_SEPARATORS):
        raise FileRefusedError([Fault(1, WHOLE_ROW, Rule.NOT_COMMAS)])
    faults = [
        Fault(1, str(place), rule_of_text(name) or Rule.COLUMN_UNKNOWN)
        for place, name in enumerate(header, 1)
        if name not in COLUMNS
    ]
    times = Counter(header)
    faults += [Fault(1, name, Rule.COLUMN_TWICE) for name in COLUMNS if times[name] > 1]
    faults += [Fault(1, name, Rule.COLUMN_MISSING) for name in COLUMNS if not times[name]]
    if faults:
        raise FileRefusedError(faults)
    place_of = {name: place for place, name in enumerate(header)}
    return Layout(
        width=len(header),
        key=itemgetter(place_of[REPORT_KEY]),
        url_count=itemgetter(place_of[URL_COUNT]),
        finding_count=itemgetter(place_of[FINDING_COUNT]),
        head=itemgetter(*[place_of[name] for name in HEAD]),
        tail=itemgetter(*[place_of[name] for name in TAIL]),
    )
