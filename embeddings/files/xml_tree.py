"""XML files as trees, within bounds: no entity is resolved, nothing is fetched; and the words that elements show."""

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from html.entities import html5
from typing import Any

from embeddings.files.drafts import UnreadableError
from embeddings.files.html.reading import html_words

DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]*\?>")

_NAMED = re.compile(r"&(\w+;)")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_NO_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:[0-8]|1[124-9]|2[0-9]|3[01]|x(?:0?[0-8bcBC]|0?[efEF]|1[0-9a-fA-F]));"
)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(r"<(?:[\w.-]{1,100}:)?([\w.-]{1,100})")


def root_name(text: str) -> str:
    """Return what the root element of XML is called, without its name space; "" if there is none."""
    match = _ELEMENT.search(_COMMENT.sub("", text[:100_000]))
    return match[1] if match else ""


def repaired(text: str) -> str:
    """Return XML without what no XML may hold, and with each "&" that begins no entity written as one."""
    parts = _CDATA.split(_NO_XML.sub("", text))  # every second one is in CDATA, where "&" is a letter
    return "".join(part if n % 2 else _BARE.sub("&amp;", _NAMED.sub(_character, part)) for n, part in enumerate(parts))


def _character(match: re.Match[str]) -> str:
    """Return the character of HTML's names, such as &nbsp;, which XML does not know; what XML knows stays."""
    character = html5.get(match[1], "")
    return match[0] if character in ("", *"<>&\"'") else character


def xml_root(text: str) -> Any:
    """Return the root element of XML. Raises UnreadableError if it is broken, or declares entities of its own."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    data = DECLARATION.sub("", repaired(text), count=1).encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"is not valid XML: {error.msg}; ask its sender for a whole one") from error
    check_entities(root)
    return root


def check_entities(root: Any) -> None:
    """UnreadableError if a file declares entities of its own."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and list(declared.iterentities()):
        raise UnreadableError("declares XML entities of its own, which are not read: they may stand for anything")


def local_name(element: Any) -> str:
    """Return what an element is called, without its name space; "" for what is none, such as a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def within(element: Any, *path: str) -> list[Any]:
    """Return the elements at the end of a path of names, in their order, whatever their name spaces."""
    found = [element]
    for name in path:
        found = [child for each in found for child in each if local_name(child) == name]
    return found


def anywhere(element: Any, name: str) -> list[Any]:
    """Return the elements of a name at any depth, in their order."""
    return [each for each in element.iter() if local_name(each) == name]


def line_of(elements: Collection[Any]) -> str:
    """Return the characters of the first of some elements that has any, as one line; "" if none has."""
    lines = (" ".join("".join(each.itertext()).split()) for each in elements)
    return next(filter(None, lines), "")


def words_of(element: Any, renamed: Mapping[str, str], left_out: Collection[str]) -> str:
    """Return what an element shows, blocks apart by a blank line, a table's rows as lines.

    `renamed` are the names of HTML that other names stand for, `left_out` those of elements that are not read.
    """
    from lxml import etree

    whole = deepcopy(element)
    whole.tail = None
    for each in list(whole.iter()):
        name = local_name(each)
        if name in left_out and each is not whole:
            _drop(each)
        elif name in ("td", "th"):
            each.tag, each.tail = "span", f" {each.tail or ''}"
        elif name:
            each.tag = renamed.get(name, name)
        each.attrib.clear()
    etree.cleanup_namespaces(whole)
    return html_words(etree.tostring(whole, encoding="unicode"))


def _drop(element: Any) -> None:
    """Take an element out; what stands behind it stays."""
    before, parent = element.getprevious(), element.getparent()
    if element.tail and before is not None:
        before.tail = f"{before.tail or ''} {element.tail}"
    elif element.tail and parent is not None:
        parent.text = f"{parent.text or ''} {element.tail}"
    if parent is not None:
        parent.remove(element)
