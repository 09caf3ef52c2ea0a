"""Bytes to clean characters, in any encoding."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper

from embeddings.files.contents import MAX_FILE, SAMPLE
from embeddings.files.drafts import UnreadableError

ENCODINGS = (
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "koi8_r", "shift_jis", "gb18030", "big5", "euc_jp", "euc_kr",
)  # fmt: skip
"""What a file that is not in Unicode may be in, the commonest first."""

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DECLARED = re.compile(rb"(?:charset|encoding)=[\"' ]*([\w-]{3,20})", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # controls and half surrogates


def read_lines(stream: BufferedReader, newline: str) -> Iterator[str]:
    """Yield each line with its end; of one longer than MAX_FILE only the beginning, which is longer than MAX_FILE too.

    `newline` is what `open` calls so. Bytes that are not UTF-8 come as half surrogates: `escaped` gives them back.
    """
    start = stream.peek(SAMPLE)
    wide = _wide_encoding(start)
    if wide is None and b"\0" in start:
        raise UnreadableError("looks like a binary file")
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


def decode(data: bytes, declared: str = "") -> str:
    """Return the characters of a file or a line; `declared` is the encoding that stands outside it, in a header."""
    encoding, errors = encoding_of(data, declared)
    return data.decode(encoding, errors)


def encoding_of(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return what bytes are to be decoded with: an encoding and how it treats errors.

    The encoding is the one of the byte order mark, else UTF-8, else the declared, else guessed; one in which all is
    written in ASCII bytes goes before UTF-8.
    """
    if len(data) > MAX_FILE:
        raise UnreadableError(f"holds more than {MAX_FILE:,} bytes; split it")
    if wide := _wide_encoding(data):
        return wide, "replace"
    if b"\0" in data:
        raise UnreadableError("looks like a binary file")
    sure = declared if _is_seven_bit(declared) else "utf-8-sig"
    middle = _first_wrong(data, sure)
    if middle is None:
        return sure, "strict"
    stated = _as_browsers_read(declared) if declared else _declared_encoding(data[:2048])
    if _first_wrong(data, stated) is None:
        return stated, "strict"
    return _likeliest_encoding(data[max(0, middle - SAMPLE // 2) :][:SAMPLE]), "replace"


def _first_wrong(data: bytes, encoding: str) -> int | None:
    """Return where the first byte stands that an encoding does not have; 0 if it is none that there is."""
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


def _declared_encoding(head: bytes) -> str:
    """Return the encoding that a head of HTML or XML declares, as browsers read it; "" if it declares none."""
    match = _DECLARED.search(head)
    return _as_browsers_read(match[1].decode("ascii")) if match else ""


def _as_browsers_read(declared: str) -> str:
    """Return the encoding that is meant by one declared: text said to be Latin-1 is in Windows' superset of it."""
    return "cp1252" if declared.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else declared


def _is_seven_bit(declared: str) -> bool:
    """Return whether an encoding writes other letters than English ones in ASCII bytes."""
    return declared.lower().startswith(("iso-2022-", "hz"))


def _likeliest_encoding(sample: bytes) -> str:
    """Return the one of ENCODINGS in which the sample reads best, the first of equals."""
    from charset_normalizer import from_bytes

    likely = [
        (match.chaos, -match.coherence, ENCODINGS.index(encoding))
        for match in from_bytes(sample, cp_isolation=list(ENCODINGS))
        for encoding in match.could_be_from_charset
    ]
    if not likely:
        raise UnreadableError("looks like a binary file")
    return ENCODINGS[min(likely)[2]]


def clean_text(text: str) -> str:
    """Return the text in NFC with "\\n" for every line break, without controls, outer blanks or blanks at line ends."""
    lines = (_NO_TEXT.sub("", line).rstrip() for line in text.splitlines())
    return unicodedata.normalize("NFC", "\n".join(lines).strip())


def clean_line(text: str) -> str:
    """Return the text as one clean line, each run of white space one space."""
    return " ".join(clean_text(text).split())
