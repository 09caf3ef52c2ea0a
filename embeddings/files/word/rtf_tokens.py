"""The marks and words that an .rtf is written in, and its code pages."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from embeddings.files.drafts import UnreadableError

MAX_MARKS = 10_000_000
"""Marks of an .rtf; one with more is refused: a bundle of five hundred articles has some hundred thousand."""

_MARK = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|'([0-9a-fA-F]{2}(?:\\'[0-9a-fA-F]{2}){0,1000})|(.))"
    rb"|([{}])|([^\\{}]+)",
    re.DOTALL,
)

_CHARSETS = {
    0: 1252, 77: 10000, 78: 932, 80: 936, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254,
    163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}  # fmt: skip
"""Code pages of fonts by their character sets. Source: Rich Text Format Specification 1.9.1, section "Font Table"."""

_CODECS = {
    936: "gb18030", 10000: "mac_roman", 10001: "cp932", 10006: "mac_greek", 10007: "mac_cyrillic", 10029: "mac_latin2",
    10079: "mac_iceland", 10081: "mac_turkish", 65001: "utf-8", 708: "iso8859-6", 709: "iso8859-6", 1361: "johab",
    20866: "koi8-r", 21866: "koi8-u",
}  # fmt: skip


class Mark(NamedTuple):
    """One mark: a control word with its number, a control symbol, a brace, or bytes; `is_raw` if they stand as such."""

    word: str = ""
    number: int | None = None
    symbol: bytes = b""
    brace: bytes = b""
    data: bytes = b""
    is_raw: bool = False


def marks(data: bytes) -> Iterator[Mark]:
    """Yield the marks of an .rtf; what `\\bin` says are raw bytes is passed over."""
    at = count = 0
    while match := _MARK.match(data, at):
        at = match.end()
        count += 1
        if count > MAX_MARKS:
            raise UnreadableError(f"holds more than {MAX_MARKS:,} marks; split it")
        word, number, written, symbol, brace, plain = match.groups()
        if word is not None:
            if word == b"bin" and number:
                at += max(0, int(number))
            else:
                yield Mark(word.decode("ascii"), None if number is None else int(number))
        elif plain is not None:
            yield Mark(data=plain.translate(None, b"\r\n\0"), is_raw=not plain.isascii())
        elif written is not None:
            yield Mark(data=bytes.fromhex(written.replace(b"\\'", b"").decode("ascii")))
        else:
            yield Mark(brace=brace) if brace is not None else Mark(symbol=symbol)


def codec(page: int | None) -> str:
    """Return what Python calls a code page; "" for one that it does not have, or none."""
    if page is None:
        return ""
    name = _CODECS.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return ""
    return name


class Fonts:
    """The code page of each font of a file."""

    def __init__(self) -> None:
        self.default: int | None = None
        self.page = "cp1252"
        self._charsets: dict[int, int] = {}
        self._pages: dict[int, str] = {}

    def charset(self, font: int, charset: int) -> None:
        """Note a font's character set."""
        self._charsets[font] = charset

    def code_page(self, font: int, page: int) -> None:
        """Note a font's code page, where its table gives it."""
        if name := codec(page):
            self._pages[font] = name

    def codec(self, font: int | None) -> str:
        """Return what letters in a font are written in; "" if they are symbols.

        Character set 0 is Western, and many programs write it for whatever the file's own code page is: it is taken
        for that where no font is declared to be in the file's code page.
        """
        number = self.default if font is None else font
        if number is None or number not in self._charsets:
            return self._pages.get(-1 if number is None else number, self.page)
        charset = self._charsets[number]
        if charset == 2:
            return ""
        own = codec(_CHARSETS.get(charset))
        if charset == 0 and self.page not in map(codec, map(_CHARSETS.get, self._charsets.values())):
            own = self.page
        return self._pages.get(number, own if own else self.page)
