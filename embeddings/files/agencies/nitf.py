"""NITF, the News Industry Text Format of the IPTC, to drafts: https://iptc.org/std/NITF/3.6/."""

from typing import Any

from embeddings.dates import parse_published
from embeddings.files.credits import credited
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.fields.values import kept_id
from embeddings.files.usage import as_usable
from embeddings.files.versions import version_of
from embeddings.files.xml_tree import anywhere, line_of, within, words_of

_AS_HTML = {
    "hl1": "h1", "hl2": "h2", "hl3": "h3", "bq": "blockquote", "block": "div", "credit": "p", "tr": "p", "fn": "p",
    "body.content": "div", "abstract": "div", "nitf-table": "div",
}  # fmt: skip
_LEFT_OUT = (
    "media", "note", "byline", "dateline", "distributor", "tagline", "bibliography", "nitf-table-metadata", "series",
    "custom-table", "alt-code", "pronounce",
)  # fmt: skip
"""What stands in a text and is none of it: pictures with their words, what is for editors, who wrote it."""


def nitf(root: Any) -> Draft:
    """Return the article in an NITF document; UnreadableError if it holds no text, and may be used."""
    facts = within(root, "head", "docdata")
    release = _attribute(facts, "date.release", "norm")
    status = next((each.get("management-status", "") for each in facts), "")
    draft = _article(root, facts)
    is_later = bool(release) and release != _attribute(facts, "date.issue", "norm")
    draft = as_usable(draft, status, release if is_later or (release and status.lower() == "embargoed") else None)
    if not draft.text and not draft.withdrawn:
        raise UnreadableError("holds no text: its <body.content> is empty")
    return draft


def _article(root: Any, facts: list[Any]) -> Draft:
    heads = within(root, "body", "body.head")
    issued = _attribute(facts, "date.issue", "norm")
    printed = _attribute(within(root, "head"), "pubdata", "date.publication")
    story = next((each.get("norm", "") for head in heads for each in anywhere(head, "story.date")), "")
    dates = (printed, issued, _attribute(facts, "date.release", "norm"), story)
    contents = [words_of(each, _AS_HTML, _LEFT_OUT) for each in within(root, "body", "body.content")]
    name = _attribute(facts, "doc-id", "id-string") or _attribute(facts, "du-key", "key")
    return Draft(
        text="\n\n".join(filter(None, contents)),
        title=line_of([title for head in heads for title in anywhere(head, "hl1")])
        or line_of(within(root, "head", "title")),
        published=next(filter(None, map(parse_published, dates)), ""),
        outlet=_outlet(root, heads, facts),
        byline=_byline(root, heads),
        id=kept_id(name),
        version=version_of(issued or printed, "", _attribute(facts, "du-key", "version")),
    )


def _attribute(parents: list[Any], name: str, attribute: str) -> str:
    """Return an attribute of the first child of this name that has it; "" if none has."""
    found = (child.get(attribute, "").strip() for parent in parents for child in within(parent, name))
    return next(filter(None, found), "")


def _outlet(root: Any, heads: list[Any], facts: list[Any]) -> str:
    """Return who publishes it: the paper, else who distributes it, else whose it is."""
    names = (
        _attribute(within(root, "head"), "pubdata", "name"),
        line_of([each for head in heads for each in within(head, "distributor")]),
        line_of([each for head in heads for each in within(head, "rights", "rights.owner")]),
        _attribute(facts, "doc.copyright", "holder"),
    )
    return next(filter(None, names), "")


def _byline(root: Any, heads: list[Any]) -> str:
    """Return who wrote it: the people in its bylines, else their words without "By" and titles."""
    bylines = [each for head in heads for each in within(head, "byline")]
    bylines = bylines or [each for body in within(root, "body", "body.content") for each in anywhere(body, "byline")]
    names = []
    for byline in bylines:
        people = [line_of([each]) for each in anywhere(byline, "person")]
        words = words_of(byline, {"byline": "div"}, ("byttl", "location")).partition("\n")[0]
        names += people or [credited(words)]
    return ", ".join(dict.fromkeys(filter(None, names)))
