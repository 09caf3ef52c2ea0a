"""Articles in HTML pages, and the words of any piece of HTML."""

import re
from collections import Counter
from typing import Any

from embeddings.files.drafts import Draft, UnreadableError
from embeddings.files.html.no_article import Signs
from embeddings.files.html.own_article import is_of_others, main_element
from embeddings.files.html.page_facts import page_facts

MISSING = 0.25
"""The share of the words in a page's main element that may be missing in the text before the person is told."""

_BLOCKS = (
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
)  # fmt: skip
_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "svg", "math")


def html(page: str) -> Draft:
    """Return the article in an HTML page: its main text, and what the page says of itself; UnreadableError if none.

    trafilatura finds the text. Date and author are only what the page states: its guess would give a page that says
    "2022" the first of January, and one that says nothing the last date in its text.
    """
    from trafilatura import bare_extraction, load_html
    from trafilatura.settings import Document

    tree = load_html(page)
    if tree is None:
        raise UnreadableError("the page holds no article text")
    facts, words, signs = page_facts(tree), _main_words(tree), Signs.of(tree)
    _keep_quotes_and_captions(tree)
    try:
        document = bare_extraction(tree, favor_recall=True, include_comments=False, with_metadata=True)
    except AssertionError as error:  # from lxml, when the date search drops a page's root element
        raise UnreadableError("the page's HTML is too broken to read") from error
    if not facts.published:
        signs.check(document.text or "" if isinstance(document, Document) else "")
    if not isinstance(document, Document) or not document.text:
        raise UnreadableError("the page holds no article text")
    title = facts.title or document.title or ""
    first, _, rest = document.text.partition("\n")
    text = rest if rest and first in (title, document.title) else document.text
    missing = (words - _counted(f"{title}\n{document.title}\n{text}")).total()
    return Draft(
        text=re.sub(r"\n(?![-|] )", "\n\n", text),  # one line is one paragraph, list item or table row
        title=title,
        published=facts.published,
        outlet=next((name for name in (facts.outlet, document.sitename, document.hostname) if name), ""),
        byline=facts.byline,
        version=facts.version,
        url=document.url if document.url else "",
        notes=("without many words of the page's main part",) if missing > MISSING * words.total() else (),
    )


def _main_words(tree: Any) -> Counter[str]:
    """Return the words of the page's main element, without those of comments, teasers and other things in it."""
    main = main_element(tree)
    parts = [
        part
        for each in main.iter()
        if isinstance(each.tag, str) and each.tag not in _UNSEEN and not is_of_others(each, main)
        for part in (each.text, *(child.tail for child in each))
        if part
    ]
    return _counted(" ".join(parts))


def _counted(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w{3,}", text))


def _keep_quotes_and_captions(tree: Any) -> None:
    """Make paragraphs of what trafilatura drops: the speaker below a quote, a quote and a caption in a figure."""
    for footer in tree.xpath("//blockquote//footer | //figure//figcaption"):
        footer.tag = "p"
    for figure in list(tree.iter("figure")):
        figure.tag = "div"


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
