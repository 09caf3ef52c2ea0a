"""Feeds to drafts: RSS 0.9 to 2.0 and Atom."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from embeddings.dates import header_date
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.html.reading import html_words
from embeddings.files.markup import plain_words
from embeddings.files.versions import version_of
from embeddings.files.xml_tree import DECLARATION, check_entities, repaired

ROOTS = ("rss", "feed", "RDF")
"""The root elements of RSS, Atom and RSS 1.0."""

_OWN = ("", "http://purl.org/rss/1.0/", "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_PREFIXES = {
    **dict.fromkeys(_OWN, ""),
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    **dict.fromkeys((f"http://wordpress.org/export/1.{number}/" for number in range(3)), "wp:"),
}
"""The name spaces that feeds are made of; elements of others are not looked at: media:title is a picture's."""

_WORDPRESS_DATES = ("wp:post_date_gmt", "wp:post_date")

_SHORTCODE = re.compile(r"\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\]\n]{0,1000}\]")
"""What WordPress makes a picture or a film of when it shows a text."""

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_ROOT = re.compile(r"<((?:\w+:)?(?:rss|feed|RDF))[\s>]")

MAX_REPAIRED = 20_000
"""Items of a broken feed that are looked at one by one; of a feed with more only those before the fault are read."""


def feed(text: str) -> Iterator[FileEntry]:
    """Yield the article of each item of a feed, or why it cannot be read: a broken one costs itself alone.

    The text is all that the feed holds of the article, which may be its first sentences only.
    """
    for number, item in enumerate(_items(repaired(text)), start=1):
        yield FileEntry(f"#{number}", item if isinstance(item, UnreadableError) else _draft(item))


def _items(text: str) -> list[Any]:
    """Return the items of a feed as elements, and UnreadableError for each that is broken."""
    items, broken = _parsed(text)
    if not broken:
        return items
    starts = [match.start() for match in _ITEM.finditer(text)]
    root = _ROOT.search(text)
    if not starts or root is None or len(starts) > MAX_REPAIRED:
        raise UnreadableError(f"is not valid XML: {broken}; what stands before it was read")
    head = text[: starts[0]]
    closing = "</channel>" * ("<channel" in head and "</channel" not in head) + f"</{root[1]}>"
    found: list[Any] = []
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        end = _ITEM_END.search(text, start, stop)
        alone, wrong = _parsed(f"{head}{text[start : end.end() if end else stop]}{closing}")
        if wrong or len(alone) != 1:
            found.append(UnreadableError(f"is not valid XML: {wrong or 'it has no end'}; the others are read"))
        else:
            found += alone
    return found


def _parsed(text: str) -> tuple[list[Any], str]:
    """Return the items of a feed as elements, and what is wrong with the XML; "" if nothing is.

    No entity is resolved and nothing is fetched; a file that declares entities of its own is refused.
    """
    from lxml import etree

    data = DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    events = etree.iterparse(
        BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    items: list[Any] = []
    is_root = True
    try:
        for event, element in events:
            if is_root:
                _check_root(element)
            is_root = False
            if event == "end" and _name(element) in ("item", "entry"):
                items.append(element)
    except etree.XMLSyntaxError as error:
        return items, str(error.msg)
    return items, ""


def _check_root(root: Any) -> None:
    """UnreadableError unless a feed begins with this element, and without entities of its own."""
    check_entities(root)
    if _local(root) not in ROOTS:
        raise UnreadableError(f"is XML with the root <{_local(root)[:100]}>: no feed, whose root is one of {ROOTS}")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _name(element: Any) -> str:
    """Return what an element is called without regard to the version: "title", "dc:date"; "" if it is of another."""
    space = str(element.tag).rpartition("}")[0].removeprefix("{")
    return f"{_PREFIXES[space]}{_local(element)}" if space in _PREFIXES else ""


def _children(element: Any, *names: str) -> list[Any]:
    """Return the children of these names that hold something, in the order of the names."""
    children = [(_name(child), child) for child in element]
    return [child for name in names for found, child in children if found == name and (len(child) or child.text)]


def _draft(item: Any) -> Draft:
    """Return the article of an item. Its outlet is the one it was taken from, else the feed."""
    texts = [_words(each) for each in _children(item, "content:encoded", "content", "description", "summary")]
    if _children(item, "wp:post_type"):
        texts = [_SHORTCODE.sub("", text).strip() for text in texts]
    titles = map(_words, _children(item, "title"))
    dates = (
        header_date(_plain(each))
        for each in _children(item, "pubDate", "published", "dc:date", "issued", *_WORDPRESS_DATES, "updated")
    )
    people = _children(item, "dc:creator", "author")
    return Draft(
        text=next(filter(None, texts), ""),
        title=next(titles, ""),
        published=next(filter(None, dates), ""),
        outlet=_outlet(item),
        byline=", ".join(dict.fromkeys(filter(None, map(_person, people)))),
        url=_link(item),
        version=version_of(
            _first(item, "pubDate", "published", "dc:date", "issued", *_WORDPRESS_DATES),
            _first(item, "updated", "wp:post_modified_gmt"),
        ),
    )


def _first(item: Any, *names: str) -> str:
    """Return the characters of the first child of these names; "" if there is none."""
    return next((_plain(each) for each in _children(item, *names)), "")


def _outlet(item: Any) -> str:
    """Return the title of the feed that an item was taken from, else of the one it stands in."""
    for source in _children(item, "source"):
        if name := " ".join(map(_words, _children(source, "title"))) or _plain(source):
            return name
    around = [*item.iterancestors(), *item.getparent()]
    channels = [element for element in around if _name(element) in ("channel", "feed")]
    return next((_words(title) for channel in channels for title in _children(channel, "title")), "")


def _link(item: Any) -> str:
    """Return the address of the article: of its page, else of what says that it is an address."""
    for link in (child for child in item if _name(child) == "link"):
        if link.get("rel", "alternate") == "alternate" and (address := link.get("href", _plain(link))):
            return str(address)
    return next((_plain(guid) for guid in _children(item, "guid") if guid.get("isPermaLink") != "false"), "")


def _person(element: Any) -> str:
    """Return a name: Atom's <name>, or the one in brackets behind an address, as RSS has it."""
    for name in _children(element, "name"):
        return _plain(name)
    address, _, in_brackets = _plain(element).partition(" (")
    return in_brackets[:-1] if "@" in address and in_brackets.endswith(")") else _plain(element)


def _plain(element: Any) -> str:
    """Return the characters in an element and those within."""
    return "".join(element.itertext()).strip()


def _words(element: Any) -> str:
    """Return what an element shows, without the marks of HTML that it holds, escaped or not."""
    from lxml import etree

    if len(element):
        return html_words("".join(etree.tostring(child, encoding="unicode") for child in element))
    text = _plain(element)
    if element.get("type") == "text":
        return text
    return html_words(text) if re.search(r"</?[a-zA-Z]", text) else plain_words(text)
