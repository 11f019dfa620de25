"""Rows and cells as RFC 4180 has them, and what is done with those that it does not know."""
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.sources.sftp import framing
from core.sources.sftp.framing import Row, cells, rows


def framed(text: str, delimiter: str = ",") -> list[tuple[int, list[str] | None]]:
    return [(row.line, None if row.broken else cells(row.text, delimiter)) for row in rows(io.StringIO(text, newline=""), delimiter)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_with_lf_crlf_or_cr_and_are_called_by_the_line_on_which_they_start(end: str) -> None:
    text = end.join(["a,b", "", '1,"x', 'y"', "2,z"])
    assert framed(text) == [(1, ["a", "b"]), (2, [""]), (3, ["1", f"x{end}y"]), (5, ["2", "z"])]


def test_an_unclosed_quote_makes_one_malformed_row_to_the_end_of_the_file() -> None:
    assert framed('a,b\n1,"x\n2,y\n3,z\n') == [(1, ["a", "b"]), (2, None)]


def test_text_behind_a_closing_quote_makes_the_row_malformed_and_white_space_does_not() -> None:
    assert framed('"a"b,c\n"a" ,c\n') == [(1, None), (2, ["a ", "c"])]


def test_a_quote_that_another_rows_quote_seems_to_close_swallows_no_row_silently() -> None:
    assert framed('1,"x,y\n2,"b",z\n3,c,d\n') == [(1, None), (3, ["3", "c", "d"])]


def test_a_quote_inside_a_bare_cell_is_a_character() -> None:
    assert framed('5" pipe,b\n') == [(1, ['5" pipe', "b"])]


@pytest.mark.parametrize(("length", "broken"), [(framing.LONGEST_ROW, False), (framing.LONGEST_ROW + 1, True)])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_row_of_over_1_mib_is_malformed_and_the_next_one_is_not(length: int, broken: bool, end: str, letter: str) -> None:
    text = "é" * (length // 2) + "x" * (length % 2) if letter == "é" else "x" * length
    found = list(rows(io.StringIO(text + end + "b,c", newline=""), ","))[:2] if end else list(rows(io.StringIO(text, newline=""), ","))
    assert [(row.line, row.broken) for row in found] == ([(1, broken), (2, False)] if end else [(1, broken)])


def test_an_over_long_row_with_quoted_line_ends_is_one_row_and_not_kept_whole() -> None:
    text = '"' + "x\n" * framing.LONGEST_ROW + '",1\nb,c\n'
    first, second = rows(io.StringIO(text, newline=""), ",")
    assert (first.line, first.broken, len(first.text)) == (1, True, framing.LONGEST_ROW)
    assert second == Row(framing.LONGEST_ROW + 2, "b,c", False)


def test_a_crlf_that_falls_on_the_cut_of_an_over_long_line_is_one_line_end() -> None:
    text = "x" * (framing.LONGEST_ROW + 1) + "\r\nb"
    assert [(row.line, row.broken) for row in rows(io.StringIO(text, newline=""), ",")] == [(1, True), (2, False)]


CELLS = some.text('ab,;"\n\r é', max_size=6)
TABLES = some.lists(some.lists(CELLS, min_size=1, max_size=4), max_size=6)


@settings(max_examples=400, deadline=None)
@given(TABLES, some.sampled_from([("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]))
def test_what_the_csv_module_writes_is_read_back_cell_by_cell(table: list[list[str]], how: tuple[str, int]) -> None:
    end, quoting = how
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=end, quoting=quoting).writerows(table)
    assert [row for _, row in framed(written.getvalue())] == table


@settings(max_examples=400, deadline=None)
@given(some.text('a,"\n', max_size=30), some.integers(2, 9))
def test_a_text_is_framed_the_same_in_whatever_pieces_it_is_read(text: str, size: int) -> None:
    whole, state = framing._scan(text, ",", framing._START), framing._START
    for at in range(0, len(text), size):
        state = framing._scan(text[at : at + size], ",", state)
    behind = {framing._BEHIND: framing._BARE, framing._START: framing._BARE}  # alike, when the text is over
    assert behind.get(state, state) == behind.get(whole, whole)
