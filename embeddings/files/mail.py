"""Mails to drafts: .eml and .mbox."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr

from embeddings.dates import header_date
from embeddings.files.contents import MAX_FILE, SAMPLE, Content, read_whole
from embeddings.files.decoding import decode
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields import FieldNames
from embeddings.files.html import html_words

_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the standard library raises for headers that its authors did not think of."""

_QUOTED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)


def mail(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of one mail, and the name of each file attached to it, which is not read."""
    return _entries("", read_whole(content, "split it"))


def mailbox(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each mail in an mbox: a mail begins where "From " begins a line after a blank one."""
    for number, data in enumerate(_mails(content), start=1):
        if len(data) > MAX_FILE:
            yield FileEntry(
                f"#{number}", UnreadableError(f"holds more than {MAX_FILE:,} bytes; save its attachments apart")
            )
        else:
            yield from _entries(f"#{number}", _QUOTED_FROM.sub(b"", data))


def _mails(content: Content) -> Iterator[bytes]:
    """Yield the bytes of each mail; of one longer than MAX_FILE a beginning that is longer too."""
    if not content.stream.peek(5).startswith(b"From "):
        raise UnreadableError('is no mbox: it does not begin with "From "')
    lines: list[bytes] = []
    size, after_blank = 0, True
    while line := content.stream.readline(SAMPLE):
        if after_blank and line.startswith(b"From "):
            if lines:
                yield b"".join(lines)
            lines, size = [b""], 0
        elif size <= MAX_FILE:
            lines.append(line)
            size += len(line)
        after_blank = line in (b"\n", b"\r\n")
    yield b"".join(lines)


def _entries(place: str, data: bytes) -> Iterator[FileEntry]:
    """Yield what one mail holds."""
    try:
        entries = _parts(place, message_from_bytes(data, policy=policy.default))
    except UnreadableError as error:
        entries = [FileEntry(place, error)]
    except _BROKEN as error:
        entries = [FileEntry(place, UnreadableError(f"is no mail that can be read: {error}"))]
    yield from entries


def _parts(place: str, message: EmailMessage) -> list[FileEntry]:
    """Return the article of a mail and its attachments; UnreadableError if it has no header."""
    if not message.keys():
        raise UnreadableError("is no mail: it begins with no header")
    body = message.get_body(("plain", "html"))
    texts = [] if body is None else [_text(body)]
    if not "".join(texts).strip() and (page := message.get_body(("html",))) is not None:
        texts = [_text(page)]
    entries = []
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else [], start=1):
        name = part.get_filename()
        if part.get_content_type() == "text/plain" and not name:  # the words after a picture, a list's footer
            texts.append(_text(part))
        elif name or part.get_content_maintype() != "image":  # a picture without a name is of the layout
            what = name or f"{part.get_content_type()} {number}"
            why = UnreadableError("is attached to a mail; save it as a file to have it read")
            entries.append(FileEntry(f"{place}/{what}", why))
    draft = Draft(
        text="\n\n".join(texts),
        title=_header(message, "Subject"),
        published=header_date(_header(message, "Date")),
        byline=next((part for part in parseaddr(_header(message, "From")) if part), ""),
    )
    return [FileEntry(place, draft), *entries]


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's words; "" if there is none."""
    value = message.get(name)
    return "" if value is None else str(value)


def _text(part: MIMEPart) -> str:
    """Return the words of a text part, those of HTML without its marks."""
    payload = part.get_payload(decode=True)
    charset = str(part.get_content_charset("us-ascii"))  # which is what is said when nothing is known
    text = decode(payload, "" if charset == "us-ascii" else charset) if isinstance(payload, bytes) else ""
    return html_words(text) if part.get_content_subtype() == "html" else text
