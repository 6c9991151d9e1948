r"""The kinds of columns that there are. A leaf: no Django, no table.

A kind is a column's type as PostgreSQL writes it, and what a CHECK of the database must say of it: a pattern, a list of
codes, a range. The patterns are in PostgreSQL's words and mean the same in Python's when ``$`` is read as ``\Z``
(tests/project/schema compares the two). They hold no backslash, so that PostgreSQL writes them back as they are.
"""

from dataclasses import dataclass, replace

from hotline.metadata_only import MAX_COUNT

# No telephone number, no hash, no token: no run of five digits, no word of 31 signs, and no word of nine letters and
# digits mixed.
NO_NUMBER = "(?!.*[0-9]{5})"
NO_LONG_WORD = "(?!.*[^ ]{31})"
NO_MIXED_WORD = "(?!.*(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9})"
LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ0-9"

CODE_SQL = f"^{NO_NUMBER}{NO_MIXED_WORD}[a-z][a-z0-9]*(_[a-z0-9]+)*$"
# Codes with commas between them.
CODES_SQL = f"^{NO_NUMBER}{NO_MIXED_WORD}[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$"
COUNTRY_SQL = f"^[A-Z]{{2}}$|{CODE_SQL}"
AGE_BAND_SQL = f"^[0-9]{{1,2}}-[0-9]{{1,2}}$|{CODE_SQL}"
# A part of a breakdown: any code of any list, a recipient's number, a number of days ('366+' is the last class).
PART_SQL = f"^[0-9]{{1,7}}$|^[0-9]{{3}}[+]$|^[0-9]{{1,2}}-[0-9]{{1,2}}$|^[A-Z]{{2}}$|{CODE_SQL}"
# A figure, with the version of its counting rule where that is not the first.
FIGURE_SQL = f"^{NO_NUMBER}{NO_MIXED_WORD}[a-z][a-z0-9]*(_[a-z0-9]+)*(@[0-9]{{1,2}})?$"
# A row or column of a frozen table: a part, two codes with a dot, a period, a year and where it was published.
LINE_KEY_SQL = (
    "^[0-9]{4}(-[0-9]{2}|-Q[1-4])?([.][.][0-9]{4}-[0-9]{2})?(@[a-z0-9_-]{1,24})?$"
    f"|^{NO_MIXED_WORD}[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$|{PART_SQL}"
)
SCHEMES_SQL = f"^{NO_NUMBER}{NO_MIXED_WORD}[a-z][a-z0-9_]*([+][a-z][a-z0-9_]*)*$"
OUTSIDE_CODE_SQL = f"^{NO_NUMBER}{NO_MIXED_WORD}[A-Za-z0-9_/-]{{1,64}}$"
# The strict pattern of a label or an organisation's name: is_label() in PostgreSQL's words.
LABEL_SQL = f"^{NO_NUMBER}{NO_LONG_WORD}{NO_MIXED_WORD}[{LETTERS}(≤][{LETTERS} ,'()&+≤-]{{1,59}}$"
# What our own declarations say of a figure, frozen with it: sentences. A dot, colon or slash ends a word or stands
# between two numbers, so that no address or path fits.
# The curly apostrophe, the multiplication sign, minus and dash stand in our sentences.
SIGNS = " ,.;:'\u2019()&+%≤≥<>=\u00d7/\u2212\u2013-"
PROSE_SQL = f"^{NO_NUMBER}{NO_LONG_WORD}{NO_MIXED_WORD}(?!.*[.:/][A-Za-z])(?!.*[0-9][.:][0-9])[{LETTERS}{SIGNS}]*$"
USERNAME_SQL = "^(?!(.*[0-9]){5})[a-z][a-z0-9]{1,29}$"
SHA256_SQL = "^[0-9a-f]{64}$"
# What the audit log is about. Its keys are numbers, codes and random references.
VERB_SQL = "^[a-z_]{1,32}$"
SUBJECT_SQL = "^[a-z_]{1,16}$"
SUBJECT_KEY_SQL = "^[A-Za-z0-9_-]{1,40}$"


@dataclass(frozen=True)
class Kind:
    """What one column may be.

    ``type``: as ``format_type()`` writes it. ``pattern``: a CHECK with just this regular expression has to stand;
    ``listed``: a CHECK with a list of plain codes. ``least``, ``most``: a CHECK with this range. ``to``: a foreign key
    to that table. ``exception``: why a type stands here that could hold anything; ``spelled``: the whole CHECK that it
    stands on, as PostgreSQL writes it.
    """

    name: str
    type: str
    pattern: str = ""
    listed: bool = False
    least: int | None = None
    most: int | None = None
    to: str = ""
    exception: str = ""
    spelled: str = ""

    def or_blank(self) -> "Kind":
        """The same, or an empty text."""
        return replace(self, name=f"{self.name} or blank", pattern=f"^$|{self.pattern}")

    @property
    def is_text(self) -> bool:
        """Whether it needs a pattern, a list or a foreign key to be no free text."""
        return self.type == "text" or self.type.startswith("character")


def text(name: str, length: int, pattern: str) -> Kind:
    """A text of at most that length that fits the pattern."""
    return Kind(name, f"character varying({length})", pattern=pattern)


def code(length: int = 32) -> Kind:
    """A plain code, lower_snake_case."""
    return text("code", length, CODE_SQL)


def one_of(length: int = 16) -> Kind:
    """One of a list of plain codes that the CHECK spells out; '' may be among them."""
    return Kind("one of a list", f"character varying({length})", listed=True)


def prose(length: int) -> Kind:
    """A sentence of our own declarations, frozen."""
    return text("prose", length, PROSE_SQL)


def to(table: str, type_: str = "bigint") -> Kind:
    """A foreign key."""
    return Kind("reference to a row", type_, to=table)


def named_exception(type_: str, reason: str, *, pattern: str = "", spelled: str = "") -> Kind:
    """A column that is none of the kinds, and why it may stand."""
    return Kind("named exception", type_, pattern=pattern, exception=reason, spelled=spelled)


KEY = Kind("key", "bigint")
SMALL_KEY = Kind("key", "integer")
FLAG = Kind("flag", "boolean")
DAY = Kind("day", "date")
MOMENT = Kind("moment", "timestamp with time zone")
# Random, or a keyed hash of 16 bytes; the database takes nothing but 32 hexadecimal digits for it.
REFERENCE = Kind("random reference", "uuid")
# At most 32,767: a year, a position, a share in percent.
SMALL = Kind("small number", "smallint")
COUNT = Kind("count", "integer", least=0, most=MAX_COUNT)
COUNT_FROM_1 = Kind("count from 1", "integer", least=1, most=MAX_COUNT)
# What the machine added up. Nobody types it.
TOTAL = Kind("total", "integer", least=0)
BIG_TOTAL = Kind("total", "bigint", least=0)
SHARE = Kind("share", "numeric(16,2)")

LABEL = text("label", 60, LABEL_SQL)
USERNAME = text("user name", 30, USERNAME_SQL)
COUNTRY = text("country", 32, COUNTRY_SQL)
AGE_BAND = text("age band", 32, AGE_BAND_SQL)
PART = text("part", 32, PART_SQL).or_blank()
SHA256 = text("SHA-256", 64, SHA256_SQL)
# Half of one: enough to tell one version of our own declarations from another.
SHORT_DIGEST = text("digest", 16, "^[0-9a-f]{16}$")
LANGUAGE = one_of(2)
FIGURE = text("figure", 32, FIGURE_SQL)
VERB = text("verb", 32, VERB_SQL)
SUBJECT = text("subject", 16, SUBJECT_SQL)
SUBJECT_KEY = text("subject's key", 40, SUBJECT_KEY_SQL)
EVENT = Kind("an event's number", "bigint")
UNIT = text("unit", 16, "^[A-Za-z]{1,16}$|^%$")
