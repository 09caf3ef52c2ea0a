"""Mails to drafts: .eml and .mbox."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr

from embeddings.dates import header_date
from embeddings.files.contents import MAX_FILE, SAMPLE, Content, read_whole
from embeddings.files.decoding import Decoded, as_browsers_read, decode, encoding_of
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields.names import FieldNames
from embeddings.files.html.reading import html_words
from embeddings.files.markup import plain_words
from embeddings.files.versions import version_of

_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the standard library raises for headers that its authors did not think of."""

_HEADER_END = re.compile(rb"\r?\n\r?\n|\Z")
_ENCODED_WORD = re.compile(rb"=\?([\w-]{3,20})(?=[?*])")
_CHARSET = re.compile(rb"charset=[\"' ]*([\w-]{3,20})", re.IGNORECASE)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_USUAL_FIELD = re.compile(
    rb"(?:from|to|cc|date|subject|received|return-path|message-id|sender|reply-to|delivered-to|mime-version|status|"
    rb"x-[\w-]+|content-[\w-]+|dkim-signature|arc-[\w-]+|list-[\w-]+):",
    re.IGNORECASE,
)
_TIME = re.compile(rb"\b\d\d?:\d\d\b")
_POSTMARK = re.compile(rb"From \S.* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.* \d\d?:\d\d.* \d{4}")
_ONE_WORD = re.compile(rb"From \S+(?:[ \t]+[\d/.-]+)?\s*\Z")
_QUOTED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def mail(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of one mail, and the name of each file attached to it, which is not read."""
    return _entries("", read_whole(content, "split it"), content.encoding)


def mail_words(data: bytes) -> str:
    """Return the words of a mail, or of a page that was saved as one (MHTML)."""
    body = message_from_bytes(data, policy=policy.default).get_body(("html", "plain"))
    return "" if body is None else _text(body, "").text


def mailbox(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each mail in an mbox: a mail begins where "From " begins a line after a blank one."""
    for number, data in enumerate(_mails(content), start=1):
        if len(data) > MAX_FILE:
            yield FileEntry(
                f"#{number}", UnreadableError(f"holds more than {MAX_FILE:,} bytes; save its attachments apart")
            )
        else:
            yield from _entries(f"#{number}", _QUOTED_FROM.sub(b"", data), content.encoding)


def _mails(content: Content) -> Iterator[bytes]:
    """Yield the bytes of each mail; of one longer than MAX_FILE a beginning that is longer too."""
    if not content.stream.peek(5).startswith(b"From "):
        raise UnreadableError('is no mbox: it does not begin with "From "')
    lines: list[bytes] = []
    size, after_blank = 0, True
    line = content.stream.readline(SAMPLE)
    while line:
        following = content.stream.readline(SAMPLE)
        if _begins_mail(line, following, after_blank=after_blank):
            if lines:
                yield b"".join(lines)
            lines, size = [b""], 0
        elif size <= MAX_FILE:
            lines.append(line)
            size += len(line)
        after_blank = line in (b"\n", b"\r\n")
        line = following
    yield b"".join(lines)


def _begins_mail(line: bytes, following: bytes, *, after_blank: bool) -> bool:
    """Return whether a line is one that mails begin with, and not a sentence such as "From my side, yes"."""
    if not line.startswith(b"From ") or not _FIELD.match(following):
        return False
    is_separator = _TIME.search(line) or (_ONE_WORD.match(line) and _USUAL_FIELD.match(following))
    return bool(_POSTMARK.match(line)) or (after_blank and bool(is_separator))


def _entries(place: str, data: bytes, said: str) -> Iterator[FileEntry]:
    """Yield what one mail holds; `said` is the encoding that the person says it is in."""
    try:
        entries = _parts(place, message_from_bytes(_readable_header(data, said), policy=policy.default), said)
    except UnreadableError as error:
        entries = [FileEntry(place, error)]
    except _BROKEN as error:
        entries = [FileEntry(place, UnreadableError(f"is no mail that can be read: {error}"))]
    yield from entries


def _readable_header(data: bytes, said: str) -> bytes:
    """Return a mail whose header is in UTF-8, and whose encoded words say which encoding they are really in.

    The standard library replaces what is not UTF-8 by marks before anyone can look at it.
    """
    if (end := _HEADER_END.search(data)) is None:
        return data
    header, body = data[: end.start()], data[end.start() :]
    header = _ENCODED_WORD.sub(lambda word: b"=?" + as_browsers_read(word[1].decode()).encode(), header)
    if _is_utf_8(header):
        return header + body
    charset = _CHARSET.search(header)
    lines = header.split(b"\n")
    raw = b"\n".join(line for line in lines if not line.isascii())
    encoding = encoding_of(raw, charset[1].decode() if charset else "", said)
    return b"\n".join(encoding.decode(line).text.encode() for line in lines) + body


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parts(place: str, message: EmailMessage, said: str) -> list[FileEntry]:
    """Return the article of a mail and its attachments; UnreadableError if it has no header."""
    if not message.keys():
        raise UnreadableError("is no mail: it begins with no header")
    body = message.get_body(("plain", "html"))
    texts = [] if body is None else [_text(body, said)]
    if not "".join(each.text for each in texts).strip() and (page := message.get_body(("html",))) is not None:
        texts = [_text(page, said)]
    entries = []
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else [], start=1):
        name = part.get_filename()
        if part.get_content_type() == "text/plain" and not name:  # the words after a picture, a list's footer
            texts.append(_text(part, said))
        elif name or part.get_content_maintype() != "image":  # a picture without a name is of the layout
            what = name or f"{part.get_content_type()} {number}"
            why = UnreadableError("is attached to a mail; save it as a file to have it read")
            entries.append(FileEntry(f"{place}/{what}", why))
    draft = Draft(
        text="\n\n".join(each.text for each in texts),
        title=plain_words(_header(message, "Subject")),
        published=header_date(_header(message, "Date")),
        version=version_of(_header(message, "Date")),
        byline=next((part for part in parseaddr(_header(message, "From")) if part), ""),
        notes=tuple(dict.fromkeys(note for each in texts for note in each.notes)),
    )
    return [FileEntry(place, draft), *entries]


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's words; "" if there is none."""
    value = message.get(name)
    return "" if value is None else str(value)


def _text(part: MIMEPart, said: str) -> Decoded:
    """Return the words of a text part, those of HTML without its marks."""
    payload = part.get_payload(decode=True)
    charset = str(part.get_content_charset("us-ascii"))  # which is what is said when nothing is known
    if not isinstance(payload, bytes):
        return Decoded("")
    decoded = decode(payload, "" if charset == "us-ascii" else charset, said)
    words = html_words if part.get_content_subtype() == "html" else plain_words
    return replace(decoded, text=words(decoded.text))
