"""Articles in plain text and Markdown."""

import re
from dataclasses import replace
from typing import Any

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft
from embeddings.files.fields.names import FieldNames
from embeddings.files.fields.record import record
from embeddings.files.front_matter import front_matter

_DATE_LINE = re.compile(r"date (\d{4}-\d\d-\d\d)(?: (?:By )?([^\n]*))?(?:\n+|\Z)")
_BY_LINE = re.compile(r"By ([^\n]{1,100})(?<![.!?…:;,])\n(?:\n+|(?=By ))")
_TITLE_LINE = re.compile(r"([^\n]{1,200})(?<![.!?…:;,。！？])\n\n+")
_ATTRIBUTION = re.compile(r", ([^,\n]{1,60}) reports\.$")


def plain_text(text: str) -> Draft:
    """Return the article in a clean plain text: an optional date line, "By" lines and title line, then the text.

    The outlet is the name that the first sentence or paragraph closes with: ", Azernews reports."
    """
    published = credit = ""
    if match := _DATE_LINE.match(text):
        published, text = parse_published(match[1]), text[match.end() :]
        credit = match[2] if match[2] is not None and " By " in match[0] else ""
    bylines, text = _split_bylines(text)
    title = ""
    if match := _TITLE_LINE.match(text):
        title, text = match[1], text[match.end() :]
        below, text = _split_bylines(text)
        bylines += below
    outlet = _attribution(text)
    if not bylines and credit != outlet:
        bylines = [credit]
    return Draft(text, title, published, outlet, ", ".join(bylines))


def markdown(text: str) -> Draft:
    """Return the article in clean Markdown, its marks stripped: front matter, then the title as `# Title`, then text.

    Links keep their words, images go, code stays, and HTML stays as it is written.
    """
    fields, notes, rest = front_matter(text)
    heading, blocks = _markdown_blocks(rest)
    usual = {name: value for name, value in fields.items() if not FieldNames().has_text([name])}
    draft = replace(record({**usual, "text": "-"}).with_notes(notes), text="\n\n".join(blocks))
    if not heading or (draft.title and draft.title != heading):
        return replace(draft, text="\n\n".join([heading, *blocks]))
    return replace(draft, title=heading, text=draft.text if draft.text else heading)


def first_sentence(text: str) -> str:
    """Return the first sentence of the first paragraph of a clean text; nupunkt is imported here."""
    from nupunkt import sent_spans

    paragraph = text.partition("\n\n")[0][:5000]
    return next((paragraph[start:end].strip() for start, end in sent_spans(paragraph)), paragraph)


def _split_bylines(text: str) -> tuple[list[str], str]:
    """Return the names in the "By" lines that `text` begins with, and the text after them."""
    names = []
    while (match := _BY_LINE.match(text)) and match[1][0].isupper():
        names.append(match[1])
        text = text[match.end() :]
    return names, text


def _attribution(text: str) -> str:
    """Return the name in the ", NAME reports." that closes the first sentence or paragraph; "" if there is none."""
    for closing in (first_sentence(text), text.partition("\n\n")[0]):
        if (match := _ATTRIBUTION.search(closing)) and match[1][0].isupper():
            return match[1]
    return ""


def _markdown_blocks(text: str) -> tuple[str, list[str]]:
    """Return the first-level heading that Markdown begins with, "" if none, and the text of each block after it."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).parse(text)
    blocks = []
    for token in tokens:
        if token.children is not None:
            blocks.append("".join("\n" if "break" in child.type else _words(child) for child in token.children))
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip("\n"))
    if tokens and tokens[0].tag == "h1":
        return blocks[0], blocks[1:]
    return "", blocks


def _words(token: Any) -> str:
    """Return the text that an inline Markdown token shows; "" for an image."""
    return "" if token.type == "image" else str(token.content)
