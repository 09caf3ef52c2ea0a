"""The encoding that a page or an XML file declares of itself."""

import re
from html import unescape

MAX_HEAD = 1_000_000
"""Bytes of a page in which its declaration is looked for: scripts of any length may stand before it."""

_XML = re.compile(rb"\A\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = re.compile(
    rb"<!--(?:.*?-->|.*)"
    rb"|<(script|style|title|noscript|template|textarea)\b.*?(?:</\1\s*>|\Z)"  # one that never ends goes to the end
    rb"|<meta\b(?P<meta>(?:[^>\"']{1,100}+|\"[^\"]{0,500}\"|'[^']{0,500}'){0,20}+)>"
    rb"|(?P<end></head\b|<body\b)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_NAME = re.compile(r"\s*([\w.:-]{2,40})\s*")


def declared_encoding(data: bytes) -> str:
    """Return the encoding that XML declares in its first line, or a page in a `<meta>` of its head; "" if none does.

    What stands in a comment, a script or a title is not the page's own. Source: WHATWG, HTML, section 13.2.3.2.
    """
    if match := _XML.match(data):
        return match[1].decode("ascii")
    for mark in _MARKS.finditer(data, 0, MAX_HEAD):
        if mark["end"] is not None:
            return ""
        if mark["meta"] is not None and (found := _of_meta(mark["meta"].decode("latin-1"))):
            return found
    return ""


def _of_meta(attributes: str) -> str:
    """Return the encoding in the attributes of a `<meta>`: a charset, or a content type with one."""
    found = {name.lower(): unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(attributes)}
    stated = found.get("charset", "")
    if within := _CHARSET.search(stated):  # charset="text/html; charset=windows-1254"
        return within[1]
    if stated and (match := _NAME.fullmatch(stated)):
        return match[1]
    if found.get("http-equiv", "").strip().lower() == "content-type":
        within = _CHARSET.search(found.get("content", ""))
        return within[1] if within else ""
    return ""
