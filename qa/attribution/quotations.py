"""Quotation marks to quotations, across sentences and paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKS = re.compile(r"[“”«»\"]|''|‘‘|’’")
OPENING = frozenset("“«") | {"‘‘"}
CLOSING = frozenset("”»") | {"’’"}

SINGLE_MARKS = re.compile(r"(?<!\w)‘(?=\w)|(?<=[,.?!…])’(?!\w)")
"""Of a text without double ones; a closing one is told from an apostrophe by the punctuation before it."""

PARAGRAPH_END = re.compile(r"[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A half-open range of characters with its quotation marks. `goes_on`: the next paragraph continues it."""

    start: int
    end: int
    goes_on: bool = False


def quotations(text: str, start: int, end: int) -> list[Quotation]:
    """Return the quotations in text[start:end], in order; `start` begins a paragraph.

    One that is not closed ends with its paragraph, and goes on in the next one if that begins with an opening mark.
    """
    found: list[Quotation] = []
    open_marks = MARKS if MARKS.search(text, start, end) else SINGLE_MARKS
    for first, last in paragraph_ranges(text, start, end):
        stretches = list(_in_paragraph(text, first, last, open_marks))
        if found and found[-1].goes_on and not (stretches and stretches[0].start == first):
            found[-1] = Quotation(found[-1].start, found[-1].end)
        found += stretches
    if found and found[-1].goes_on:
        found[-1] = Quotation(found[-1].start, found[-1].end)
    return found


def paragraph_ranges(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the paragraphs, or lines, of text[start:end], without white space around them."""
    position = start
    for gap in PARAGRAPH_END.finditer(text, start, end):
        if position < gap.start():
            yield position, gap.start()
        position = gap.end()
    if position < end:
        yield position, end


def _in_paragraph(text: str, start: int, end: int, marks: re.Pattern[str]) -> Iterator[Quotation]:
    opened: int | None = None
    for mark in marks.finditer(text, start, end):
        if opened is None and _opens(text, mark, end):
            opened = mark.start()
        elif opened is not None and _closes(text, mark, end):
            yield Quotation(opened, mark.end())
            opened = None
    if opened is not None:
        yield Quotation(opened, end, goes_on=True)


def _opens(text: str, mark: re.Match[str], end: int) -> bool:
    if mark.group() in CLOSING or mark.group() == "’":
        return False
    return mark.end() < end and not text[mark.end()].isspace()


def _closes(text: str, mark: re.Match[str], end: int) -> bool:
    if mark.group() == "‘":
        return False
    if mark.group() in OPENING:  # the wrong mark behind a comma
        return text[mark.start() - 1] in ",.?!" and text[mark.end() : mark.end() + 1].isspace()
    if mark.group() in CLOSING or mark.end() >= end:
        return True
    return not (text[mark.start() - 1].isspace() and text[mark.end()].isalnum())
