"""The text of a clipboard, as Excel and LibreOffice write it, becomes cells."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.errors import Refusal
from needs.clipboard import MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, cells_of, read_block


def block(text: str) -> list[list[str]]:
    return [line.cells for line in read_block(text)]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1\t2\r\n3\t4\r\n", [["1", "2"], ["3", "4"]]),
        ("1\t2\n3\t4", [["1", "2"], ["3", "4"]]),
        ("1\t2\r3\t4\r", [["1", "2"], ["3", "4"]]),
        ("1\r\n2\r\n\r\n\r\n", [["1"], ["2"]]),
        ("1\t\t\r\n2\t\t\r\n\t\t\r\n", [["1"], ["2"]]),
        ("1\t\t3\r\n\t\t\r\n4\t5\t\r\n", [["1", "", "3"], ["", "", ""], ["4", "5", ""]]),
        ("\t1\r\n", [["", "1"]]),
        ("1\r\n\r\n3\r\n", [["1"], [""], ["3"]]),
        ("1\t2\r\n\r\n3\t4\r\n", [["1", "2"], [], ["3", "4"]]),
        ("1\t2\r\n3\r\n", [["1", "2"], ["3"]]),
        ('"a\tb"\t2', [["a b", "2"]]),
        ('"hai\r\ndòng"\t2\r\n', [["hai dòng", "2"]]),
        ('"nói ""rét"""\t2', [['nói "rét"', "2"]]),
        ('a"b\t"c', [['a"b', '"c']]),
        ('"a"b\t2', [['"a"b', "2"]]),
        ("1.234\t1 234\t1\N{NO-BREAK SPACE}234\t1\N{NARROW NO-BREAK SPACE}234", [["1.234"] + ["1 234"] * 3]),
        ("\N{ZERO WIDTH NO-BREAK SPACE}1\t\N{ZERO WIDTH SPACE}2 ", [["1", "2"]]),
        ("", []),
        (" \t\r\n\t\r\n", []),
    ],
)
def test_a_block_is_read(text: str, cells: list[list[str]]) -> None:
    assert block(text) == cells


def test_lines_keep_the_number_that_the_sender_counts() -> None:
    assert [line.number for line in read_block('"a\nb"\t1\r\n\r\nc\t2\r\n')] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "count", "most"),
    [
        ("1\n" * (MOST_ROWS + 1), 1, MOST_ROWS),
        ("1\t" * MOST_COLUMNS + "1", 1, MOST_COLUMNS),
        ("1" * (MOST_CHARACTERS + 1), 1, MOST_CHARACTERS),
        (("1\t" * MOST_COLUMNS + "1\n") + "1\n" * MOST_ROWS, 2, MOST_ROWS),
    ],
)
def test_a_block_too_large_is_refused_with_what_fits(text: str, count: int, most: int) -> None:
    with pytest.raises(Refusal) as refused:
        read_block(text)
    assert (refused.value.code, len(refused.value.problems)) == ("block_too_large", count)
    assert str(most) in str(refused.value).replace(".", "").replace(",", "")


@pytest.mark.parametrize(
    "text",
    ["1\n" * MOST_ROWS, "1\t" * (MOST_COLUMNS - 1) + "1", "1\r\n" + "\t\t\r\n" * 100_000],
    ids=["rows", "columns", "a whole column"],
)
def test_what_fits_is_taken(text: str) -> None:
    assert read_block(text)


@pytest.mark.parametrize("part", ['"', '"x\t', '""x\t', '"x\t"""y\t', '"\n'])
def test_quotation_marks_do_not_keep_the_reader_busy(part: str) -> None:
    text = (part * MOST_CHARACTERS)[:MOST_CHARACTERS]
    started = time.perf_counter()
    cells_of(text)
    assert time.perf_counter() - started < 2


def as_excel(rows: list[list[str]], line_end: str) -> str:
    return "".join("\t".join(_quoted(cell) for cell in row) + line_end for row in rows)


def _quoted(cell: str) -> str:
    special = any(sign in cell for sign in '\t\r\n"')
    return '"{}"'.format(cell.replace('"', '""')) if special else cell


CELLS = st.text(st.sampled_from('12.3 aĐ"\t\r\n\N{NO-BREAK SPACE}-'), max_size=6)
BLOCKS = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda size: st.lists(
        st.lists(CELLS, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.sampled_from(["\r\n", "\n"]))
def test_any_block_that_excel_writes_is_read_back(rows: list[list[str]], line_end: str) -> None:
    assert cells_of(as_excel(rows, line_end)) == rows


@settings(max_examples=300, deadline=None)
@given(BLOCKS, st.integers(0, 3), st.integers(0, 3))
def test_empty_lines_and_columns_around_a_block_change_nothing(
    rows: list[list[str]], below: int, beside: int
) -> None:
    rows[-1][-1] = "1"
    wider = [row + [""] * beside for row in rows]
    wider += [[" "] * len(wider[0])] * below
    assert read_block(as_excel(wider, "\r\n")) == read_block(as_excel(rows, "\r\n"))
