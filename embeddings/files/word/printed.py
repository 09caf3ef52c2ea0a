"""The article on a page that a word processor wrote: its title, its author and its date as the page shows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from embeddings.dates import parse_published
from embeddings.files.bundles.bundle import bundle
from embeddings.files.credits import headline, names, person
from embeddings.files.drafts import Draft, FileEntry
from embeddings.files.pages import Line, Page, flat, usual_size

LONG = 100
"""Characters of a line that is text and no title."""

HIGHEST = 30
"""Lines that may stand above a text, at most."""

LONGEST_TITLE = 300
"""Characters of a title at most."""

_SENTENCE = re.compile(r".{40,}[.!?…。]['\"’”»)]*", re.DOTALL)
_NO_TITLE_END = (".", ":", ";", ",", "…", "。")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file's properties state; often a template's title, or the name of whoever bought the program."""

    title: str = ""
    author: str = ""


def printed(page: Page, stated: Stated, notes: tuple[str, ...] = ()) -> Iterator[FileEntry]:
    """Yield the articles of a page: those of a bundle, else the one that it is."""
    articles = bundle(page)
    if not articles:
        articles = [FileEntry("", _draft(list(_lines(flat(page))), stated))]
    for each in articles:
        yield FileEntry(each.place, each.found.with_notes(notes) if isinstance(each.found, Draft) else each.found)


def _lines(paragraphs: list[Line]) -> Iterator[Line]:
    """Yield paragraphs that are not blank; title, names and day may be lines of one that stands on top."""
    for n, paragraph in enumerate(paragraphs):
        parts = [part.strip() for part in paragraph.text.split("\n")]
        if n < HIGHEST and any(names(part) or parse_published(part) for part in parts):
            yield from (replace(paragraph, text=part) for part in parts if part)
        elif paragraph.text:
            yield paragraph


def _draft(lines: list[Line], stated: Stated) -> Draft:
    """Return the article in lines: title, names and date of those above the text are taken out of it."""
    size = usual_size(lines)
    first = next((n for n, line in enumerate(lines[:HIGHEST]) if _is_text(line, size)), min(len(lines), HIGHEST))
    top = range(first)
    said = headline(stated.title)
    title = _title(lines, top, size, said)
    bylines = {n: found for n in top if n != title and (found := names(lines[n].text))}
    dates = {
        n: found for n in top if n != title and (found := parse_published(lines[n].text)) and found.count("-") == 2
    }
    own = lines[title].text if title is not None else ""
    author = person(stated.author) if said and (not own or _folded(own) == _folded(said)) else ""
    taken = {title, *bylines, *(dates if len(dates) == 1 else ())}
    return Draft(
        text="\n\n".join(line.text for n, line in enumerate(lines) if n not in taken),
        title=" ".join(own.split()) if own else said,
        published=next(iter(dates.values())) if len(dates) == 1 else "",
        byline=", ".join(dict.fromkeys(bylines.values())) if bylines else author,
    )


def _is_text(line: Line, size: int) -> bool:
    """Return whether a line is of the article's text: long or a sentence, and not set as a title is."""
    if line.level or ((line.bold or line.size > size) and len(line.text) <= LONGEST_TITLE):
        return False
    return len(line.text) >= LONG or _SENTENCE.fullmatch(line.text) is not None


def _title(lines: list[Line], top: range, size: int, said: str) -> int | None:
    """Return which line above the text is the title: what is set as one, else a short first line; None if none is."""
    fit = [n for n in top if _may_be_title(lines[n].text)]
    levels = [n for n in top if lines[n].level and len(lines[n].text) <= LONGEST_TITLE]
    if levels:
        return min(levels, key=lambda n: (lines[n].level, n))
    if said and (same := [n for n in fit if _folded(lines[n].text) == _folded(said)]):
        return same[0]
    strong = [n for n in fit if lines[n].bold or lines[n].size > size]
    if strong:
        return max(strong, key=lambda n: (lines[n].size, -n))
    return fit[0] if fit and fit[0] == top[0] else None


def _may_be_title(text: str) -> bool:
    return (
        len(text) <= LONGEST_TITLE
        and not text.endswith(_NO_TITLE_END)
        and not names(text)
        and not parse_published(text)
    )


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
