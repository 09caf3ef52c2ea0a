"""Bytes to clean characters, in any encoding."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper

from embeddings.files.contents import MAX_FILE, SAMPLE
from embeddings.files.declared import declared_encoding
from embeddings.files.drafts import UnreadableError
from embeddings.files.guessing import guess

REPLACED = "with bytes that are no letters in their encoding, each replaced by a mark (U+FFFD)"
"""What is said of an article that lost bytes in the decoding."""

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("ks-c-5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "iso-8859-8-i": "iso8859-8",
    "x-user-defined": "cp1252",
}  # fmt: skip
_NOT_OF_BYTES = re.compile(r"utf-?(?:7|16|32)|idna|punycode|undefined|.*escape")
"""Names of what no file is in whose declaration could be read as bytes, or of no encoding of texts."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # controls and half surrogates


def read_lines(stream: BufferedReader, newline: str, said: str = "") -> Iterator[str]:
    """Yield each line with its end; of one longer than MAX_FILE only the beginning, which is longer than MAX_FILE too.

    `newline` is what `open` calls so, `said` the encoding that the person says it is in. Bytes that are not UTF-8 come
    as half surrogates: `escaped` gives them back.
    """
    start = stream.peek(SAMPLE)
    wide = _wide_encoding(start)
    if wide is None and b"\0" in start:
        wide = _unmarked_utf_16(start).name if not said else known_encoding(said)
    encoding, errors = ("utf-8", "surrogateescape") if wide is None else (wide, "replace")
    lines = TextIOWrapper(stream, encoding, errors, newline)
    try:
        while line := lines.readline(MAX_FILE + 1):
            yield line
            while len(line) > MAX_FILE and not line.endswith("\n"):
                line = lines.readline(MAX_FILE + 1)
    finally:
        lines.detach()  # else it would close the stream with itself


def escaped(line: str) -> bytes:
    """Return the bytes of what `read_lines` yielded."""
    return line.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What bytes are to be decoded with; `note` is what the person should know of it, "" if nothing."""

    name: str
    note: str = ""

    def decode(self, data: bytes) -> "Decoded":
        """Return the characters; bytes that are none come as U+FFFD, and the notes say so."""
        try:
            return Decoded(data.decode(self.name), tuple(filter(None, [self.note])))
        except UnicodeDecodeError:
            return Decoded(data.decode(self.name, "replace"), tuple(filter(None, [self.note, REPLACED])))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, and what the person should know of how they were come by."""

    text: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, declared: str = "", said: str = "", around: bytes = b"") -> Decoded:
    """Return the characters of a file or a line: see `encoding_of`."""
    return encoding_of(data, declared, said, around).decode(data)


def is_damaged(data: bytes, around: bytes) -> bool:
    """Return whether one byte of a JSON Lines' line is no UTF-8, which JSON is in, and no other near: no letter then.

    `around` is the beginning of the file, which may hold the line.
    """
    if data.isascii() or _first_wrong(data, "utf-8") is None or _wide_encoding(data) or b"\0" in data:
        return False
    broken = _utf_8_letters(data)[1]
    return broken == 1 and _utf_8_letters(around)[1] <= around.count(data.strip())


def replaced(data: bytes) -> "Decoded":
    """Return the characters of UTF-8 with bad bytes."""
    return Decoded(data.decode("utf-8-sig", "replace"), (f"{REPLACED}; if they are letters, say with --encoding",))


def encoding_of(data: bytes, declared: str = "", said: str = "", around: bytes = b"") -> Encoding:
    """Return what bytes are to be decoded with.

    The encoding is the one of the byte order mark, else the one that the person `said`, else UTF-8, else the declared,
    else guessed; one in which all is written in ASCII bytes goes before UTF-8. `declared` is what stands outside the
    bytes, in a header; `around` is what they stand in, which tells more than a line alone.
    """
    if len(data) > MAX_FILE:
        raise UnreadableError(f"holds more than {MAX_FILE:,} bytes; split it")
    if wide := _wide_encoding(data):
        return Encoding(wide)
    if said:
        return Encoding(known_encoding(said))
    if b"\0" in data:
        return _unmarked_utf_16(data)
    sure = declared if _is_seven_bit(declared) else "utf-8-sig"
    middle = _first_wrong(data, sure)
    return Encoding(sure) if middle is None else _not_in_utf_8(data, middle, declared, around)


def _not_in_utf_8(data: bytes, middle: int, declared: str, around: bytes) -> Encoding:
    """Return what bytes are in that are not UTF-8 at `middle`: UTF-8 with a bad byte, the declared, or guessed."""
    sample = data[max(0, middle - SAMPLE // 2) :][:SAMPLE]
    if _is_mostly_utf_8(sample, around):
        return Encoding("utf-8-sig")
    stated = as_browsers_read(declared or declared_encoding(data))
    return Encoding(stated) if _first_wrong(data, stated) is None else _guessed(sample, around)


def _is_mostly_utf_8(sample: bytes, around: bytes) -> bool:
    """Return whether most of what is not ASCII is valid UTF-8: in other encodings next to nothing is, by chance."""
    whole, broken = _utf_8_letters(sample)
    if whole > broken:
        return True
    near, wrong = _utf_8_letters(around)
    return near > 4 * wrong and broken <= whole + 2


def _utf_8_letters(data: bytes) -> tuple[int, int]:
    """Return how many letters beyond ASCII are valid UTF-8, and how many times bytes are not."""
    letters = re.sub("[\x00-\x7f]+", "", data.decode("utf-8", "replace"))
    broken = letters.count("\ufffd")
    return len(letters) - broken, broken


def _guessed(sample: bytes, around: bytes) -> Encoding:
    """Return the likeliest encoding of bytes: the one of what they stand in, if that tells and they are valid in it."""
    lines = b"\n".join(line for line in around.split(b"\n") if not line.isascii() and _first_wrong(line, "utf-8"))
    found = guess(lines) if lines else None
    if found is None or _first_wrong(sample, found.encoding) is not None:
        found = guess(sample)
    if found is None:
        raise UnreadableError("looks like a binary file")
    doubt = f"in an encoding that is only guessed to be {found.encoding}; if letters are wrong, say it with --encoding"
    return Encoding(found.encoding, "" if found.is_sure else doubt)


def _unmarked_utf_16(data: bytes) -> Encoding:
    """Return which UTF-16 bytes with zeros are in; UnreadableError if they are in none, as in a binary file."""
    even, odd = data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = data[: min(len(data), SAMPLE) // 2 * 2].decode(encoding, "replace")
    if min(even, odd) * 20 > max(even, odd) or _NO_TEXT.search(text) or text.count("\ufffd") > 1:
        raise UnreadableError("looks like a binary file")
    return Encoding(encoding)


def known_encoding(said: str) -> str:
    """Return the encoding that a person said, "" for none; UnreadableError if there is none of this name."""
    try:
        "".encode(said or "utf-8")
    except LookupError as error:
        raise UnreadableError(f"is said to be in {said!r}, which is no known encoding; cp1254 and utf-8 are") from error
    return said


def _first_wrong(data: bytes, encoding: str) -> int | None:
    """Return where the first byte stands that an encoding does not have; 0 if it is none that there is."""
    if _NOT_OF_BYTES.match(encoding.lower().replace("_", "-")):
        return 0
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    except LookupError:
        return 0
    return None


def _wide_encoding(data: bytes) -> str | None:
    """Return the encoding of a byte order mark other than UTF-8's; None without one."""
    return next((encoding for mark, encoding in _WIDE_MARKS.items() if data.startswith(mark)), None)


def as_browsers_read(declared: str) -> str:
    """Return the encoding that is meant by one declared: a superset that mail programs and browsers take it for.

    Source: WHATWG, Encoding Standard, section 4.2.
    """
    return _MEANT.get(declared.lower().replace("_", "-"), declared)


def _is_seven_bit(declared: str) -> bool:
    """Return whether an encoding writes other letters than English ones in ASCII bytes."""
    return declared.lower().startswith(("iso-2022-", "hz"))


def clean_text(text: str) -> str:
    """Return the text in NFC with "\\n" for every line break, without controls, outer blanks or blanks at line ends."""
    lines = text.splitlines()
    if _NO_TEXT.search(text):  # asked once: most texts are clean
        lines = [_NO_TEXT.sub("", line) for line in lines]
    return unicodedata.normalize("NFC", "\n".join([line.rstrip() for line in lines]).strip())


def clean_line(text: str) -> str:
    """Return the text as one clean line, each run of white space one space."""
    return " ".join(clean_text(text).split())
