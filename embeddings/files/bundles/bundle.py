"""Bundles of many articles in one text, as press databases deliver them."""

from dataclasses import replace

from embeddings.files.bundles.factiva import coded, displayed
from embeddings.files.bundles.lexisnexis import classic
from embeddings.files.bundles.nexis_uni import uni
from embeddings.files.bundles.widths import rejoined
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.pages import Line, Page, flat


def bundle(page: Page) -> list[FileEntry]:
    """Return the articles of a bundle, "#2" for the second of them; none if the page is not surely a bundle."""
    return _entries(page, rejoined(_single(flat(page)), are_paragraphs=True))


def text_bundle(text: str) -> list[FileEntry]:
    """Return the articles of a bundle in a plain text; none if it is not surely one."""
    return _entries([], rejoined([Line(line) for line in text.split("\n")], are_paragraphs=False))


def _entries(page: Page, lines: list[Line]) -> list[FileEntry]:
    found: list[Draft] | list[Draft | UnreadableError] = (
        coded(page, lines) or displayed(lines) or uni(lines) or classic(lines)
    )
    return [
        FileEntry("" if isinstance(each, UnreadableError) else f"#{number}", each)
        for number, each in enumerate(found, start=1)
    ]


def _single(paragraphs: list[Line]) -> list[Line]:
    """Return paragraphs as lines without line breaks in them."""
    return [replace(each, text=text) for each in paragraphs for text in each.text.split("\n")]
