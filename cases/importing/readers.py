"""A file's rows as lists of cells, one at a time: memory does not grow with the file."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Self, TextIO

from cases.importing.faults import WHOLE_ROW, Fault, Rule

# Twelve cells of at most 64 characters need less; a file without line ends must not fill the memory.
MAX_LINE = 10_000

NumberedRow = tuple[int, list[str]]


class CsvFile:
    """A CSV file: commas, UTF-8 with or without BOM. Closes with the ``with`` block.

    Raises ``OSError`` when it can not be opened.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb")
        self._file = TextIOWrapper(self._raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self.size = path.stat().st_size
        self.broken: Fault | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    @property
    def read_bytes(self) -> int:
        """How far the reading has come, of ``size``."""
        return self._raw.tell() if self._raw.seekable() else 0

    def rows(self) -> Iterator[NumberedRow]:
        """Each row with its number, from 1; blank lines count but are left out.

        Ends where the file stops making sense; ``broken`` then says where and how.
        """
        number = 0
        reader = csv.reader(_lines(self._file), strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                if cells:
                    yield number, cells
        except csv.Error:
            self.broken = Fault(number + 1, WHOLE_ROW, Rule.QUOTES)
        except _LongLineError:
            self.broken = Fault(number + 1, WHOLE_ROW, Rule.LONG_ROW)


class _LongLineError(Exception):
    """A line without an end in sight."""


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise _LongLineError
        yield line
