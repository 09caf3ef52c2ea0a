"""The paragraphs of all pages to the text of an article, and which page each part of it stands on."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from embeddings.files.pdf.hyphens import Vocabulary
from embeddings.files.pdf.paragraphs import Kind, Paragraph
from embeddings.files.pdf.rows import RAISED
from embeddings.printed_pages import PrintedPage

_NOTE = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})|(\d{1,2}) (?=\D)")
"""The figures that a footnote begins with, small and raised or as large as its text."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a paragraph that stands on one page."""

    page: int
    text: str
    doubtful: bool
    recognised: float | None


@dataclass(frozen=True, slots=True)
class Flow:
    """The text of an article, its paragraphs apart by a blank line, and where each part of it is printed."""

    text: str
    pages: tuple[PrintedPage, ...]


def flow_of(paragraphs: Sequence[Paragraph], vocabulary: Vocabulary) -> Flow:
    """Return paragraphs as one text: those that columns and pages part are joined, lines too."""
    groups = list(_joined(paragraphs))
    noted = {mark for group in groups if (mark := _note_of(group))}
    return _laid_out([_without_marks(_pieces(group, vocabulary), noted, _note_of(group)) for group in groups])


def _joined(paragraphs: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """Yield the parts of each paragraph. What stands between two parts of one, such as a caption, comes after it."""
    open_one: list[Paragraph] = []
    waiting: list[Paragraph] = []
    for paragraph in paragraphs:
        if not open_one:
            open_one = [paragraph]
        elif _goes_on(open_one[-1], paragraph, waiting):
            open_one.append(paragraph)
        elif open_one[-1].kind is Kind.TEXT and not open_one[-1].is_finished and paragraph.kind is not Kind.TEXT:
            waiting.append(paragraph)
        else:
            yield open_one
            yield from ([each] for each in waiting)
            open_one, waiting = [paragraph], []
    if open_one:
        yield open_one
        yield from ([each] for each in waiting)


def _goes_on(above: Paragraph, below: Paragraph, between: Iterable[Paragraph]) -> bool:
    """Return whether a paragraph is the rest of one that a column or a page parts."""
    if above.kind is not Kind.TEXT or below.kind is not Kind.TEXT or not 0.9 < below.size / above.size < 1.1:
        return False
    if above.is_finished or below.indented or not above.full:
        return False
    lower = below.lines[0].lstrip("\"'“‘«(")[:1].islower() or above.lines[-1].endswith("-")
    barred = any(each.kind is Kind.HEADLINE for each in between)
    return lower or (not barred and len(" ".join(above.lines)) > 25)


def _pieces(group: Sequence[Paragraph], vocabulary: Vocabulary) -> list[_Piece]:
    """Return a paragraph's parts as one text, a piece a page, lines joined."""
    pieces: list[_Piece] = []
    for part in group:
        for line in part.lines:
            text = _clean(line)
            if not text:
                continue
            if pieces:
                before = pieces[-1]
                joined = _together(before.text, text, vocabulary)
                if before.page == part.page and before.doubtful == part.doubtful:
                    pieces[-1] = _Piece(part.page, joined, part.doubtful, _least(before.recognised, part.recognised))
                    continue
                keep = len(before.text) - (joined[: len(before.text)] != before.text)
                pieces[-1] = _Piece(before.page, joined[:keep], before.doubtful, before.recognised)
                text = joined[keep:]
            pieces.append(_Piece(part.page, text, part.doubtful, part.recognised))
    return pieces


def _together(first: str, second: str, vocabulary: Vocabulary) -> str:
    """Return two lines as one."""
    if first.endswith("-") and not first.endswith((" -", "--")):
        return vocabulary.joined(first, second)
    glued = first.endswith("—") and not first.endswith(" —")
    return first + second if glued or (first.endswith("/") and not first.endswith(" /")) else f"{first} {second}"


def _clean(line: str) -> str:
    return unicodedata.normalize("NFC", "\t".join(" ".join(cell.split()) for cell in line.split("\t"))).strip()


def _least(one: float | None, other: float | None) -> float | None:
    both = [each for each in (one, other) if each is not None]
    return min(both, default=None)


def _note_of(group: Sequence[Paragraph]) -> str:
    """Return the mark in the text that a footnote is about, "" if it is no footnote."""
    found = _NOTE.match(group[0].lines[0]) if group[0].kind is Kind.ASIDE else None
    return (found[1] or found[2].translate(RAISED)) if found else ""


def _without_marks(pieces: Sequence[_Piece], noted: set[str], own: str) -> list[_Piece]:
    """Return a paragraph without the marks of footnotes that are there; a note itself keeps its `own`."""
    if not noted or own:
        return list(pieces)
    marks = re.compile(rf"(?:{'|'.join(sorted(noted, key=len, reverse=True))})(?![⁰¹²³⁴⁵⁶⁷⁸⁹])")
    texts = [marks.sub("", piece.text) for piece in pieces]
    return [_Piece(p.page, text, p.doubtful, p.recognised) for p, text in zip(pieces, texts, strict=True)]


def _laid_out(paragraphs: Iterable[Sequence[_Piece]]) -> Flow:
    parts: list[str] = []
    pages: list[PrintedPage] = []
    end = 0
    for pieces in paragraphs:
        if parts and pieces:
            parts.append("\n\n")
            end += 2
        for piece in pieces:
            parts.append(piece.text)
            start, end = end, end + len(piece.text)
            last = pages[-1] if pages else None
            if last and (last.number, last.doubtful, last.recognised) == (piece.page, piece.doubtful, piece.recognised):
                pages[-1] = PrintedPage(last.number, last.start, end, last.doubtful, last.recognised)
            else:
                pages.append(PrintedPage(piece.page, start, end, piece.doubtful, piece.recognised))
    return Flow("".join(parts), tuple(pages))
