"""Bundles of many articles in one text, as press databases deliver them."""

from collections.abc import Iterator

from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.factiva import coded, displayed
from embeddings.files.lexisnexis import classic, uni
from embeddings.files.pages import Line, Page, flat


def bundle(page: Page) -> list[FileEntry]:
    """Return the articles of a bundle, "#2" for the second of them; none if the page is not surely a bundle."""
    lines = list(_single(flat(page)))
    found: list[Draft] | list[Draft | UnreadableError] = (
        coded(page, lines) or displayed(lines) or uni(lines) or classic(lines)
    )
    return [
        FileEntry("" if isinstance(each, UnreadableError) else f"#{number}", each)
        for number, each in enumerate(found, start=1)
    ]


def _single(paragraphs: list[Line]) -> Iterator[Line]:
    """Yield paragraphs as single lines with a blank one behind each; lines of a plain text stay as they are."""
    for paragraph in paragraphs:
        for text in paragraph.text.split("\n"):
            yield Line(text, paragraph.level, paragraph.bold, paragraph.size)
        yield Line("")


def lines_of(text: str) -> list[Line]:
    """Return a plain text as one paragraph for each of its blocks, whose lines are kept."""
    return [Line(block) for block in text.split("\n\n")]
