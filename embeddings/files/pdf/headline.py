"""An article's title and byline: what its page shows goes before what its file's properties say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from embeddings.files.credits import MAX_NAMES, names, person
from embeddings.files.credits import headline as title_stated
from embeddings.files.pdf.paragraphs import Kind, Paragraph
from embeddings.files.pdf.rows import ENDS
from embeddings.files.plain import first_sentence

LONGEST = 250
"""Characters of a headline."""

MAX_LINE = 100
"""Characters of a first line that stands for a headline."""

_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_DATED = re.compile(r"\b(?:1[89]|20)\d\d\b")
"""A year, as it stands in the line below a paper's name."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What an article is called and who wrote it, "" if unknown; and its paragraphs without what says so."""

    title: str
    byline: str
    rest: list[Paragraph]


def heading_of(paragraphs: Sequence[Paragraph], stated_title: str, stated_author: str) -> Heading:
    """Return title and byline of an article; `stated_title` and `stated_author` are what its file's properties say."""
    first = [each for each in paragraphs if each.page == paragraphs[0].page] if paragraphs else []
    words = {word for each in first for word in _words(" ".join(each.lines))}
    headline = _headline(first)
    shown = " ".join(headline.lines) if headline else ""
    said = title_stated(stated_title)
    title = _title(shown, said, words)
    rest = [each for each in paragraphs if each is not headline or not set(_words(shown)) <= set(_words(title))]
    written = _byline(first, headline)
    if written is not None:
        rest = [each for each in rest if each is not written]
        byline = names(written.lines[0])
    else:
        author, text = person(stated_author), " ".join(" ".join(each.lines) for each in first).casefold()
        byline = author if title == said != "" or author.casefold() in text else ""
    return Heading(title, byline, rest if rest else list(paragraphs))


def first_line(paragraph: Paragraph) -> str:
    """Return how a paragraph begins: its first sentence if that ends in the first line, else what whole words of it.

    So a scan is called that shows no headline: a machine reads few full stops, and the first sentence may be all of it.
    """
    line, *more = paragraph.lines
    sentence = first_sentence(line)
    if len(sentence) <= MAX_LINE and (sentence != line or not more or ENDS.search(line)):
        return sentence
    is_parted = len(line) > MAX_LINE or line.endswith("-")
    words = line[: MAX_LINE + 1].rpartition(" ")[0] if is_parted else line
    return f"{(words or line[:MAX_LINE]).rstrip(' ,;:-–—')}…"


def _headline(first: Sequence[Paragraph]) -> Paragraph | None:
    """Return the largest headline of a first page, of those as large the first; None if there is none."""
    found = [
        each for each in first
        if each.kind is Kind.HEADLINE and len(" ".join(each.lines)) <= LONGEST and _words(" ".join(each.lines))
    ]  # fmt: skip
    others = max((each.size for each in found[1:]), default=0.0)
    dated = len(first) > 1 and _DATED.search(" ".join(first[1].lines))
    if dated and found and found[0] is first[0] and others >= 0.7 * found[0].size:
        found = found[1:]  # the paper's name, for a date stands below it
    largest = max((each.size for each in found), default=0.0)
    return next((each for each in found if each.size >= 0.95 * largest), None)


def _title(shown: str, stated: str, words: Iterable[str]) -> str:
    """Return the title: the stated one where the page shows it, or shows no other and it reads like one."""
    said, known = _words(stated), set(words)
    if len(said) > 1 and sum(word in known for word in said) >= 0.8 * len(said):
        return stated
    if shown:
        return shown
    return stated if len(said) > 2 else ""


def _byline(first: Sequence[Paragraph], headline: Paragraph | None) -> Paragraph | None:
    """Return the line near the headline that says who wrote; None if there is none."""
    at = next((index for index, each in enumerate(first) if each is headline), -1)
    near = [*first[max(0, at - 2) : max(0, at)], *first[at + 1 : at + 4]]
    return next((each for each in near if _says_who(each)), None)


def _says_who(paragraph: Paragraph) -> bool:
    """Return whether a paragraph is a line of names, also one that begins "by"."""
    [line, *more] = paragraph.lines
    return not more and len(line) <= MAX_NAMES and names(line) != ""


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
