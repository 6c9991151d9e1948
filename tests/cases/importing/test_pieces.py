"""Keys, columns, readers and the ledger's arithmetic."""

from datetime import date

import pytest

from cases.importing.columns import COLUMNS, layout_of
from cases.importing.faults import SHOWN, Fault, Faults, FileRefusedError, Rule
from cases.importing.keys import content_hasher, key_hasher, plain_key
from cases.importing.ledger import Period, merged, whole_month
from cases.importing.readers import MAX_LINE, CsvFile

UUID = "0b5fBEd0-3c5a-4f7e-9a51-2d1c0f3a7b90"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("7", "7"),
        ("007", "7"),
        ("000", "0"),
        ("9" * 20, "9" * 20),
        (UUID, UUID.replace("-", "").lower()),
        (UUID.upper(), UUID.replace("-", "").lower()),
        (UUID.replace("-", ""), UUID.replace("-", "").lower()),
        ("1" * 32, "1" * 32),
    ],
)
def test_a_key_in_its_one_form(text, plain):
    assert plain_key(text) == plain


@pytest.mark.parametrize(
    "text", ["", "9" * 21, "-7", "7 ", "7\n", "\uff17", "abc", "{" + UUID + "}", UUID[:-1], UUID + "\n", "a@b.example"]
)
def test_what_is_no_key(text):
    assert plain_key(text) is None
    assert key_hasher("secret")(text) is None


def test_a_hash_depends_on_key_and_secret():
    hashed = key_hasher("secret")
    assert hashed("7") == hashed("007")
    assert len({hashed("7"), hashed("8"), key_hasher("other")("7"), hashed(UUID)}) == 4
    assert hashed("7") != content_hasher("secret")("7").to_bytes(16, "big", signed=True)


def test_a_long_secret_counts_to_its_end():
    assert key_hasher("s" * 80 + "1")("7") != key_hasher("s" * 80 + "2")("7")


def test_columns_may_stand_in_any_order():
    layout = layout_of(COLUMNS[::-1])
    cells = [name.upper() for name in COLUMNS[::-1]]
    assert layout.key(cells) == "REPORT_KEY"
    assert layout.head(cells) == ("RECEIVED_DATE", "SOURCE")
    assert layout.finding_count(cells) == "FINDING_URL_COUNT"


def test_every_fault_of_the_header_is_named_and_no_unknown_name_is_repeated():
    header = ["secret-name", *COLUMNS[1:], "source", "x" * 65, "\udcff"]
    with pytest.raises(FileRefusedError) as refused:
        layout_of(header)
    assert {(fault.column, fault.rule) for fault in refused.value.faults} == {
        ("1", Rule.COLUMN_UNKNOWN),
        ("14", Rule.TOO_LONG),
        ("15", Rule.NOT_UTF8),
        ("report_key", Rule.COLUMN_MISSING),
        ("source", Rule.COLUMN_TWICE),
    }
    assert "secret-name" not in "".join(map(str, refused.value.faults))


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_one_plain_error(separator):
    with pytest.raises(FileRefusedError) as refused:
        layout_of([separator.join(COLUMNS)])
    assert refused.value.faults == [Fault(1, "", Rule.NOT_COMMAS)]


def read(tmp_path, content: bytes):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with CsvFile(path) as file:
        return list(file.rows()), file.broken


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_line_end_and_a_byte_order_mark(tmp_path, end):
    content = b"\xef\xbb\xbfa,b" + end + b'1,"2"' + end + end + b"3,4" + end
    assert read(tmp_path, content) == ([(1, ["a", "b"]), (2, ["1", "2"]), (4, ["3", "4"])], None)


def test_a_quoted_line_break_is_one_row(tmp_path):
    rows, broken = read(tmp_path, b'a,b\n"1\n",2\n3,4\n')
    assert rows == [(1, ["a", "b"]), (2, ["1\n", "2"]), (3, ["3", "4"])]
    assert broken is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'a,b\n1,2\n"3,4\n', Fault(3, "", Rule.QUOTES)),
        (b'a,b\n"1"x,2\n', Fault(2, "", Rule.QUOTES)),
        (b"a,b\n" + b"1" * MAX_LINE + b"\n", Fault(2, "", Rule.LONG_ROW)),
        (b"a" * 300_000, Fault(1, "", Rule.LONG_ROW)),
        (b'a,b\n"' + b"1\n" * 200_000, Fault(2, "", Rule.QUOTES)),
    ],
)
def test_where_a_file_stops_making_sense(tmp_path, content, fault):
    rows, broken = read(tmp_path, content)
    assert broken == fault
    assert len(rows) == fault.row - 1


def test_faults_are_counted_beyond_those_that_are_kept():
    faults = Faults()
    for number in range(SHOWN + 500):
        faults.add(number, "sex", Rule.UNKNOWN_CODE)
    faults.add_all([Fault(3, "outcome", Rule.ONLY_ROW)], total=1)
    with pytest.raises(FileRefusedError) as refused:
        faults.refuse()
    assert refused.value.total == SHOWN + 501
    assert len(refused.value.faults) == SHOWN
    assert refused.value.faults[3:5] == [Fault(3, "outcome", Rule.ONLY_ROW), Fault(3, "sex", Rule.UNKNOWN_CODE)]


def days(first: str, last: str | None) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last) if last else date.max)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([], []),
        ([("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31")], [("2024-01-01", "2024-02-29")]),
        ([("2024-01-01", "2024-01-30"), ("2024-02-01", None)], [("2024-01-01", "2024-01-30"), ("2024-02-01", None)]),
        ([("2024-01-01", None), ("2024-03-01", "2024-03-31")], [("2024-01-01", None)]),
        ([("2024-01-01", "2024-01-31"), ("2024-02-01", None)], [("2024-01-01", None)]),
        ([("2024-01-01", "2024-12-31"), ("2024-03-01", "2024-03-31")], [("2024-01-01", "2024-12-31")]),
    ],
)
def test_periods_become_as_few_as_there_can_be(periods, expected):
    assert merged([days(*period) for period in periods]) == [days(*period) for period in expected]


def test_a_month_ends_today_at_the_latest():
    today = date(2026, 3, 10)
    assert whole_month(date(2026, 3, 1), today=today) == days("2026-03-01", "2026-03-10")
    assert whole_month(date(2024, 2, 1), today=today) == days("2024-02-01", "2024-02-29")
    assert whole_month(date(2025, 12, 1), today=today) == days("2025-12-01", "2025-12-31")
