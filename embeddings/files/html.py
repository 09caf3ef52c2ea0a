"""Articles in HTML pages, and the words of any piece of HTML."""

import re
from typing import Any

from embeddings.dates import parse_published
from embeddings.files.drafts import Draft, UnreadableError

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
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')


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


def _html_date(tree: Any, page: str) -> str:
    """Return the first date that the page states of itself; "" if it states none."""
    stated = [value for xpath in HTML_DATES[:2] for value in tree.xpath(xpath)]
    stated += _JSON_DATE.findall(page)
    stated += [value for xpath in HTML_DATES[2:] for value in tree.xpath(xpath)]
    return next((date for date in map(parse_published, stated) if date), "")
