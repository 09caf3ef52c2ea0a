"""XML files to drafts: feeds, NITF and NewsML-G2, told by their root element."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from embeddings.files.agencies.newsml import ITEMS, MESSAGE, newsml
from embeddings.files.agencies.nitf import nitf
from embeddings.files.contents import Content, read_whole
from embeddings.files.decoding import decode
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.feeds import feed
from embeddings.files.fields.names import FieldNames
from embeddings.files.xml_tree import anywhere, repaired, root_name, xml_root

MAX_ITEMS = 20_000
"""Items of a broken message that are looked at one by one; of one with more, none is."""

_ITEM = re.compile(rf"<(?:\w+:)?(?:{'|'.join(ITEMS)})[\s>]")
_ITEM_END = re.compile(rf"</(?:\w+:)?(?:{'|'.join(ITEMS)})\s*>")
_MESSAGE = re.compile(rf"<((?:\w+:)?{MESSAGE})(?:\s[^<>]*)?>")


def xml_file(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the articles of a file; UnreadableError if it is XML of another kind."""
    decoded = decode(read_whole(content, "split it"), said=content.encoding)
    for entry in _entries(decoded.text):
        found = entry.found
        yield replace(entry, found=found.with_notes(decoded.notes)) if isinstance(found, Draft) else entry


def _entries(text: str) -> Iterator[FileEntry]:
    root = root_name(text)
    if root == MESSAGE:
        yield from _message(text)
    elif root in ITEMS:
        yield from newsml(xml_root(text))
    elif root == "nitf":
        yield FileEntry("", nitf(xml_root(text)))
    elif root == "NewsML":
        raise UnreadableError("is NewsML 1, which is not read; ask its sender for NewsML-G2, NITF or ninjs")
    elif "<nitf" in text:
        yield from _wrapped(anywhere(xml_root(text), "nitf"))
    else:
        yield from feed(text)


def _wrapped(documents: list[Any]) -> Iterator[FileEntry]:
    """Yield the article of each of several NITF documents in one file."""
    for number, document in enumerate(documents, start=1):
        try:
            yield FileEntry(f"#{number}", nitf(document))
        except UnreadableError as error:
            yield FileEntry(f"#{number}", error)


def _message(text: str) -> Iterator[FileEntry]:
    """Yield the articles of a NewsML-G2 message: a broken item costs itself alone."""
    try:
        root = xml_root(text)
    except UnreadableError as error:
        starts, message = [match.start() for match in _ITEM.finditer(text)], _MESSAGE.search(text)
        if not starts or message is None or len(starts) > MAX_ITEMS or "<!ENTITY" in text:
            raise
        why = error
    else:
        yield from newsml(root)
        return
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), start=1):
        end = _ITEM_END.search(text, start, stop)
        alone = f"{message[0]}<itemSet>{text[start : end.end() if end else stop]}</itemSet></{message[1]}>"
        try:
            entries = list(newsml(xml_root(repaired(alone))))
        except UnreadableError:
            yield FileEntry(f"#{number}", UnreadableError(f"{why}; the other items are read"))
            continue
        yield from (replace(entry, place=f"#{number}") for entry in entries)
