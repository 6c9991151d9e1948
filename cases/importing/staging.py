"""A file's rows into temporary tables, each row checked before any of it reaches SQL.

Three tables, gone with the transaction: ``import_row``, and what its ``head`` (date and source) and its ``tail``
(codes) stand for, once for as long as they are remembered, in ``import_head`` and ``import_tail``. So a row costs a few
look-ups, one hash and some 50 bytes, and the memory used does not grow with the file.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from struct import Struct
from typing import Any

from cases.codes import FINDING_DIMENSIONS
from cases.importing.cells import BIT, COLUMN_OF, CellFault, CellReader, Head, RuleBroken, Tail, count
from cases.importing.columns import FINDING_COUNT, REPORT_KEY, URL_COUNT, Cells, Layout
from cases.importing.faults import WHOLE_ROW, Faults, Rule, rule_of_text
from cases.importing.readers import NumberedRow

# A count that could not be read, or is not there, is NO_COUNT.
TABLES = """
CREATE TEMP TABLE import_row (
  place integer, key uuid, head integer, url_count integer, tail integer, finding_count integer
) ON COMMIT DROP;
CREATE TEMP TABLE import_head (
  number integer, received_date date, source text, digest bigint, is_bad boolean
) ON COMMIT DROP;
CREATE TEMP TABLE import_tail (
  number integer, is_unassessed boolean, outcome text, counts_as text, precedence integer,
  self_generated text, sex text, age_band text, hosting_country text, site_type text, digest bigint, is_bad boolean
) ON COMMIT DROP;
"""
NO_COUNT = -1
# Rows that are packed before they are sent on.
BLOCK = 20_000
# So many of each kind are remembered: some 15 MB together.
REMEMBERED = 30_000
# PostgreSQL's binary COPY: signature, flags, no extension; each row its number of fields and each field its length.
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"
ROW = Struct(">hii i16s iiiiiiii")


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a head or a tail: its number, the bits of its dimensions, and what is wrong with it."""

    number: int
    bits: int
    faults: tuple[CellFault, ...]
    is_unassessed: bool = False


class Counts(dict[str, int]):
    """From the text of a count to the number, or to NO_COUNT."""

    def __missing__(self, text: str) -> int:
        number = NO_COUNT
        with suppress(RuleBroken):
            number = count(text)
        # What is wrong may be long, and come in any number of shapes.
        if len(self) < REMEMBERED and (number != NO_COUNT or not text):
            self[text] = number
        return number


class RowPacker:
    """Turns rows into the bytes of a COPY, and collects what is wrong with them."""

    def __init__(
        self,
        layout: Layout,
        reader: CellReader,
        *,
        hash_key: Callable[[str], bytes | None],
        hash_content: Callable[[str], int],
        faults: Faults,
    ) -> None:
        self.layout = layout
        self.reader = reader
        self.hash_key = hash_key
        self.hash_content = hash_content
        self.faults = faults
        self.new_heads: list[str] = []
        self.new_tails: list[str] = []
        self._heads: dict[Cells, Known] = {}
        self._tails: dict[Cells, Known] = {}
        self._counts = Counts()
        self._made = 0

    def pack(self, number: int, cells: list[str]) -> bytes:
        """A row as bytes; none when it is not known whose it is."""
        layout = self.layout
        if len(cells) != layout.width:
            self.faults.add(number, WHOLE_ROW, Rule.CELL_COUNT)
            return b""
        key = self.hash_key(layout.key(cells))
        head_cells, tail_cells = layout.head(cells), layout.tail(cells)
        head = self._heads.get(head_cells) or self._new_head(head_cells)
        tail = self._tails.get(tail_cells) or self._new_tail(tail_cells)
        url_count, finding_count = self._counts[layout.url_count(cells)], self._counts[layout.finding_count(cells)]
        if head.faults or tail.faults or head.bits & tail.bits or key is None or url_count < 0 or finding_count < 0:
            self._complain(number, cells, head, tail)
        elif tail.is_unassessed:
            self.faults.add(number, FINDING_COUNT, Rule.NEEDS_OUTCOME)
        if key is None:
            return b""
        return ROW.pack(6, 4, number, 16, key, 4, head.number, 4, url_count, 4, tail.number, 4, finding_count)

    def _complain(self, number: int, cells: list[str], head: Known, tail: Known) -> None:
        """Note what is wrong; nothing may be: a report that is not assessed has no finding_url_count."""
        key, found = self.layout.key(cells), [*head.faults, *tail.faults]
        if self.hash_key(key) is None:
            found.append((REPORT_KEY, rule_of_text(key) or (Rule.KEY if key else Rule.REQUIRED)))
        finding_count = self.layout.finding_count(cells)
        counts = [(URL_COUNT, self.layout.url_count(cells))]
        if finding_count or not tail.is_unassessed:
            counts.append((FINDING_COUNT, finding_count))
        for column, text in counts:
            try:
                count(text)
            except RuleBroken as broken:
                found.append((column, broken.rule))
        unheld = [dimension for dimension in FINDING_DIMENSIONS if head.bits & tail.bits & BIT[dimension]]
        found += [(COLUMN_OF[dimension], Rule.NOT_COVERED) for dimension in unheld]
        for column, rule in found:
            self.faults.add(number, column, rule)

    def _new_head(self, cells: Cells) -> Known:
        self._made += 1
        head = self.reader.head(self._made, cells)
        known = Known(head.number, head.unheld, tuple(head.faults))
        _remember(self._heads, cells, known)
        self.new_heads.append(head_line(head, self.hash_content(head.content)))
        return known

    def _new_tail(self, cells: Cells) -> Known:
        self._made += 1
        tail = self.reader.tail(self._made, cells)
        known = Known(tail.number, tail.recorded, tuple(tail.faults), tail.is_unassessed)
        _remember(self._tails, cells, known)
        self.new_tails.append(tail_line(tail, self.hash_content(tail.content)))
        return known


def _remember(memory: dict[Cells, Known], cells: Cells, known: Known) -> None:
    """Keep what is good. What is wrong may be long, and come in any number of shapes."""
    if known.faults:
        return
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[cells] = known


def head_line(head: Head, digest: int) -> str:
    """A head as a line of a text COPY."""
    return _line(head.number, head.received_date, head.source, digest, bool(head.faults))


def tail_line(tail: Tail, digest: int) -> str:
    """A tail as a line of a text COPY."""
    details = (tail.details.get(dimension) for dimension in FINDING_DIMENSIONS)
    return _line(
        tail.number, tail.is_unassessed, tail.outcome, tail.counts_as, tail.precedence, *details, digest,
        bool(tail.faults),
    )  # fmt: skip


def _line(*values: object) -> str:
    # Dates, numbers, known codes and booleans: nothing in them that COPY would want escaped.
    return "\t".join([r"\N" if value is None else str(value) for value in values]) + "\n"


def stage(cursor: Any, rows: Iterator[NumberedRow], packer: RowPacker, *, progress: Callable[[int], None]) -> int:
    """Fill the temporary tables; ``progress`` is told the number of rows after each block. Returns that number."""
    cursor.execute(TABLES)
    total = 0
    # Packed as they are read: a row may be long, what is packed of it is not.
    packed = (packer.pack(number, cells) for number, cells in rows)
    while block := list(islice(packed, BLOCK)):
        total += len(block)
        _copy(cursor, "import_row", b"".join([COPY_HEADER, *block, COPY_END]), options=" (FORMAT binary)")
        _copy(cursor, "import_head", "".join(packer.new_heads))
        _copy(cursor, "import_tail", "".join(packer.new_tails))
        packer.new_heads.clear()
        packer.new_tails.clear()
        progress(total)
    for table in ("import_row", "import_head", "import_tail"):
        cursor.execute(f"ANALYZE {table}")
    return total


def _copy(cursor: Any, table: str, data: bytes | str, *, options: str = "") -> None:
    with cursor.copy(f"COPY {table} FROM STDIN{options}") as copy:
        copy.write(data)
