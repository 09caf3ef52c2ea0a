"""What makes a quotation checkable: a hash of its words, and where they stand in the original."""

import hashlib
from urllib.parse import quote

from embeddings.types import Article, Span

DIGITS = 12
"""Digits of a hash of words: 48 bits, so that another place in an article of a million characters has the same hash
with a probability of 4 in a thousand million."""

WHOLE = 8
"""Words of a sentence that are looked for whole in the original; of a longer one its first and last ENDS are."""

ENDS = 4


def hash_of(words: str) -> str:
    """Return the first DIGITS hexadecimal digits of the SHA-256 of some words in UTF-8."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def sha256_of(article: Article) -> str:
    """Return the SHA-256 of an article's text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()


def in_the_original(span: Span) -> str:
    """Return the address of the article's original page, at the words of a span; "" if there is none on the web.

    Browsers go to the words and mark them: https://wicg.github.io/scroll-to-text-fragment/.
    """
    url = span.article.url or ""
    if not is_web_address(url):
        return ""
    words = span.text.split()
    parts = [words] if len(words) <= WHOLE else [words[:ENDS], words[-ENDS:]]
    fragment = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in parts)
    before, mark, there = url.partition("#")
    return f"{before}#{there.split(':~:')[0] if mark else ''}:~:text={fragment}"


def is_web_address(url: str | None) -> bool:
    """Return whether a link may lead there: an article can come with any string, "javascript:" among them."""
    return url is not None and url.lower().startswith(("https://", "http://"))
