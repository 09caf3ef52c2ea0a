"""What a text says about an article: plain text, Markdown and HTML to one `Draft`."""

import re
from dataclasses import replace
from typing import Any

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.records import record

HTML_DATES = (
    "//meta[@property='article:published_time' or @itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//meta[@name='date' or @name='pubdate' or @name='publish_date' or @name='parsely-pub-date']/@content",
    "//meta[@name='dc.date' or @name='DC.date' or @name='DC.date.issued' or @name='dcterms.created']/@content",
    "(//article|//main)//time/@datetime",
)
"""Where a page states its own date, the most reliable first: Open Graph, schema.org, Dublin Core, HTML."""

_BLOCKS = (
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip
_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "svg", "math")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HEADER_DATE = re.compile(
    rf"(?:[A-Za-z]{{3}},\s*)?([0-9]{{1,2}})\s+({'|'.join(_MONTHS)})\s+([0-9]{{4}})\b.*", re.DOTALL
)
_DATE_LINE = re.compile(r"date (\d{4}-\d\d-\d\d)(?: (?:By )?([^\n]*))?(?:\n+|\Z)")
_BY_LINE = re.compile(r"By ([^\n]{1,100})(?<![.!?…:;,])\n(?:\n+|(?=By ))")
_TITLE_LINE = re.compile(r"([^\n]{1,200})(?<![.!?…:;,。！？])\n\n+")
_ATTRIBUTION = re.compile(r", ([^,\n]{1,60}) reports\.$")
_FRONT_MATTER = re.compile(r"---\n(.*?\n)---(?:\n+|\Z)", re.DOTALL)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')


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
    fields: dict[str, object] = {}
    if match := _FRONT_MATTER.match(text):
        fields, text = _front_matter(match[1]), text[match.end() :]
    heading, blocks = _markdown_blocks(text)
    draft = record({**fields, "text": "\n\n".join(blocks)})
    if not heading or (draft.title and draft.title != heading):
        return replace(draft, text="\n\n".join([heading, *blocks]))
    return replace(draft, title=heading, text=draft.text if draft.text else heading)


def html(page: str) -> Draft:
    """Return the article in an HTML page: its main text, and what the page says of itself; UnreadableError if none.

    The date is only the one that the page states, in its own precision: trafilatura's guess would give a page that
    says "2022" the first of January, and one that says nothing the last date in its text.
    """
    from trafilatura import bare_extraction, load_html
    from trafilatura.settings import Document

    tree = load_html(page)
    if tree is None:
        raise UnreadableError("the page holds no article text")
    published = _html_date(tree, page)
    try:
        document = bare_extraction(tree, favor_recall=True, include_comments=False, with_metadata=True)
    except AssertionError as error:  # from lxml, when the date search drops a page's root element
        raise UnreadableError("the page's HTML is too broken to read") from error
    if not isinstance(document, Document) or not document.text:
        raise UnreadableError("the page holds no article text")
    title = document.title if document.title else ""
    first, _, rest = document.text.partition("\n")
    text = rest if rest and first == title else document.text
    return Draft(
        text=re.sub(r"\n(?![-|] )", "\n\n", text),  # one line is one paragraph, list item or table row
        title=title,
        published=published,
        outlet=next((name for name in (document.sitename, document.hostname) if name), ""),
        byline=(document.author if document.author else "").replace(";", ","),
        url=document.url if document.url else "",
    )


def html_words(fragment: str) -> str:
    """Return all words that a piece of HTML shows, blocks apart by a blank line: of a mail, or of an item of a feed.

    `html` looks for the article on a page and drops what seems to be none of it: here nothing may be dropped.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    tree = document_fromstring(f"<div>{fragment}</div>", HTMLParser(remove_comments=True, remove_pis=True))
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _BLOCKS:
            parts.append("\n\n")
        elif element.tag == "br" and event == "start":
            parts.append("\n")
        following = element.text if event == "start" else element.tail
        parts.append(re.sub(r"\s+", " ", following) if following else "")
    lines = [" ".join(filter(None, line.split(" "))) for line in "".join(parts).split("\n")]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()


def header_date(text: str) -> str:
    """Return the date in "Wed, 19 Oct 2022 23:30:00 -0500", as RFC 5322 has mails write it, or in any other form."""
    if match := _HEADER_DATE.fullmatch(text.strip()):
        return parse_published(f"{match[3]}-{_MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}")
    return parse_published(text)


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


def _front_matter(lines: str) -> dict[str, object]:
    """Return the fields of `key: value` lines; a value in brackets is a list."""
    fields: dict[str, object] = {}
    for line in lines.splitlines():
        key, _, value = (part.strip() for part in line.partition(":"))
        listed = value.startswith("[") and value.endswith("]")
        fields[key] = [part.strip(" \"'") for part in value[1:-1].split(",")] if listed else value.strip("\"'")
    return fields


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


def _html_date(tree: Any, page: str) -> str:
    """Return the first date that the page states of itself; "" if it states none."""
    stated = [value for xpath in HTML_DATES[:2] for value in tree.xpath(xpath)]
    stated += _JSON_DATE.findall(page)
    stated += [value for xpath in HTML_DATES[2:] for value in tree.xpath(xpath)]
    return next((date for date in map(parse_published, stated) if date), "")
