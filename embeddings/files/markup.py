"""HTML in any field of any file to the words that it shows."""

import re
from html import unescape

_NAMES = (
    "a|abbr|address|article|aside|b|blockquote|br|caption|center|cite|code|dd|del|div|dl|dt|em|figcaption|figure|font|"
    "footer|h[1-6]|header|hr|i|iframe|img|ins|li|main|mark|ol|p|picture|pre|q|s|section|small|span|strike|"
    "strong|style|sub|sup|table|tbody|td|th|thead|time|tr|u|ul|video"
)
_MARKED = re.compile(
    rf"<(?:/(?:{_NAMES})\s*>|(?:br|hr|img)\b[^<>]*>|a\s+href\s*=|!--.*?-->)", re.IGNORECASE | re.DOTALL
)
_BEGINS_MARKED = re.compile(r"\s*<(?:p|div)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TWICE = re.compile(r"&amp;(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)")
_BLOCK = re.compile(r"<(?:p|div|br)\b", re.IGNORECASE)


def plain_words(text: str) -> str:
    """Return the words that a text shows, if it is HTML or holds entities; else the text as it is.

    A text is HTML that closes an element, breaks a line or begins with a paragraph: "a < b" and "the <p> tag" are none.
    What was escaped twice on its way is resolved twice.
    """
    if "<" not in text and "&" not in text:
        return text
    text = _TWICE.sub(r"&\1", text)
    if _is_marked(text):
        return _shown(text)
    if not _ENTITY.search(text):
        return text
    resolved = unescape(text)
    return _shown(resolved) if _is_marked(resolved) else resolved


def _is_marked(text: str) -> bool:
    return "<" in text and bool(_MARKED.search(text) or _BEGINS_MARKED.match(text))


def _shown(marked: str) -> str:
    """Return what HTML shows; where it has no paragraphs, as in editors that leave them to blank lines, these count."""
    from embeddings.files.html.reading import html_words

    if not _BLOCK.search(marked):
        marked = re.sub(r"\n", "<br>", re.sub(r"\n[ \t\r]*\n\s*", "<p>", marked))
    return html_words(marked)
