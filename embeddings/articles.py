"""Files to articles: the only reader of input files."""

import codecs
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from embeddings.formats import Draft, UnreadableError, first_sentence, html, markdown, plain_text, record
from embeddings.types import Article

MAX_FILE = 20_000_000
"""Bytes of a file that is read whole, and of one line of JSON Lines; a longer one is refused."""

MAX_TEXT = 10_000_000
"""Characters of an article's text; a longer one is refused."""

MAX_TITLE = 500
"""Characters of a title; the rest is cut off."""

MAX_NAME = 200
"""Characters of an outlet or a byline; the rest is cut off."""

SAMPLE = 65_536
"""Bytes that an encoding is guessed from."""

ENCODINGS = (
    "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "koi8_r", "shift_jis", "gb18030", "big5", "euc_jp", "euc_kr",
)  # fmt: skip
"""What a file that is not in Unicode may be in, the commonest first."""

ONE_ARTICLE = {".txt": plain_text, ".md": markdown, ".markdown": markdown, ".html": html, ".htm": html}
JSON_LINES = (".jsonl", ".ndjson")
SUFFIXES = (*ONE_ARTICLE, ".json", *JSON_LINES)

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DECLARED = re.compile(rb"charset=[\"' ]*([\w-]{3,20})", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # controls and half surrogates
_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read, a path or "path#line", and why: a sentence whose subject is the source."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. `id` is its path below the folder it was found in, with "/" and without suffix."""

    path: Path
    id: str

    @property
    def source(self) -> str:
        """The file's absolute path, links followed."""
        return os.path.realpath(self.path)


def read_articles(paths: Sequence[Path]) -> Iterator[Article | Unread]:
    """Return every article in files and folders, one at a time, and an `Unread` for all that is none.

    Raises FileNotFoundError at once if a path does not exist. Two articles may have the same id.
    """
    return chain.from_iterable(map(read_file, find_files(paths)))


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """Return the files at `paths` and in the folders there, each once, in the order of `paths`, folders sorted.

    Inside a folder, what is hidden is left out, and so are README*, LICENSE* and questions.jsonl, an evaluation set
    that lives beside the articles. A file that is named itself is always returned. Raises FileNotFoundError.
    """
    found: dict[str, InputFile] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; give a file or a folder of articles")
        for file in _walk(path) if path.is_dir() else [path]:
            entry = InputFile(file, _path_id(file, path if path.is_dir() else path.parent))
            found.setdefault(entry.source, entry)
    return list(found.values())


def _walk(root: Path) -> list[Path]:
    """Return the files below a folder, sorted, links followed once, and each folder that cannot be opened."""
    files: list[Path] = []
    seen = {os.path.realpath(root)}

    def note(error: OSError) -> None:
        files.append(Path(error.filename))

    for folder, folders, names in os.walk(root, onerror=note, followlinks=True):
        visible = {name: os.path.realpath(Path(folder, name)) for name in sorted(folders) if not name.startswith(".")}
        folders[:] = [name for name, real in visible.items() if real not in seen]
        seen.update(visible.values())
        files += [Path(folder, name) for name in names if not _is_no_article(name)]
    return sorted(files)


def _is_no_article(name: str) -> bool:
    """Tell whether a file of this name inside a folder is skipped quietly."""
    return name.startswith((".", "README", "LICENSE")) or name == "questions.jsonl"


def _path_id(file: Path, folder: Path) -> str:
    """Return the id of the one article in `file`, found below `folder`."""
    return clean_line(file.relative_to(folder).as_posix().removesuffix(file.suffix))


def read_file(file: InputFile) -> Iterator[Article | Unread]:
    """Yield what a file holds; at least one article or one `Unread`."""
    empty = True
    try:
        for item in _read_format(file):
            empty = False
            yield item
    except UnreadableError as error:
        yield Unread(file.source, str(error))
    except OSError as error:
        yield Unread(file.source, f"cannot be read: {error.strerror}")
    else:
        if empty:
            yield Unread(file.source, "holds no articles")


def _read_format(file: InputFile) -> Iterator[Article | Unread]:
    """Yield what a file holds, by its suffix."""
    suffix = file.path.suffix.lower()
    if not file.path.is_file():
        raise UnreadableError("is neither a regular file nor a folder that may be opened")
    if suffix not in SUFFIXES:
        raise UnreadableError(f"has the suffix {suffix!r}, which is none of {', '.join(SUFFIXES)}")
    if suffix in JSON_LINES:
        yield from _read_lines(file)
    elif suffix == ".json":
        yield from _read_json(file)
    else:
        draft = ONE_ARTICLE[suffix](clean_text(_read_text(file.path)))
        yield _article(draft, file.source, file.id)


def _read_json(file: InputFile) -> Iterator[Article | Unread]:
    """Yield the article of one JSON object, or those of a list of objects, which may stand under "articles"."""
    value = _parse(_read_text(file.path))
    if isinstance(value, dict) and isinstance(value.get("articles"), list):
        value = value["articles"]
    if not isinstance(value, list):
        yield _article(record(value), file.source, file.id)
        return
    for number, entry in enumerate(value, start=1):
        yield _record_or_unread(entry, f"{file.source}#{number}")


def _read_lines(file: InputFile) -> Iterator[Article | Unread]:
    """Yield the article of each line of JSON Lines, or why it holds none; blank lines are skipped."""
    for number, line in enumerate(_lines(file.path), start=1):
        if line.strip():
            yield _record_or_unread(line, f"{file.source}#{number}")


def _record_or_unread(entry: object, source: str) -> Article | Unread:
    """Return the article of one record among many, as bytes of JSON or parsed; the others go in without it."""
    try:
        return _article(record(_parse(decode(entry)) if isinstance(entry, bytes) else entry), source)
    except UnreadableError as error:
        return Unread(source, str(error))


def _lines(path: Path) -> Iterator[bytes]:
    """Yield each line, in UTF-8 if the file has a wide byte order mark; of one that is too long only its beginning."""
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    wide = _wide_encoding(start)
    if wide is None and b"\0" in start:
        raise UnreadableError("looks like a binary file")
    encoding, errors = ("utf-8", "surrogateescape") if wide is None else (wide, "replace")  # escaped bytes come back
    with path.open(encoding=encoding, errors=errors, newline="\n") as lines:
        while line := lines.readline(MAX_FILE + 1):
            yield line.encode("utf-8", "surrogateescape")
            while len(line) > MAX_FILE and not line.endswith("\n"):
                line = lines.readline(MAX_FILE + 1)


def _read_text(path: Path) -> str:
    """Return the characters of a file that is read whole."""
    size = path.stat().st_size
    if size > MAX_FILE:
        raise UnreadableError(f"holds {size:,} bytes, more than {MAX_FILE:,}; split it, or write it as JSON Lines")
    return decode(path.read_bytes())


def _parse(text: str) -> object:
    """Return the value of a JSON text."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnreadableError("is not valid JSON: nested too deep") from error
    except ValueError as error:
        raise UnreadableError(f"is not valid JSON: {error}") from error


def _article(draft: Draft, source: str, path_id: str = "") -> Article:
    """Return the cleaned article. Without an id of its own or a path's it is named by its URL, else by its words."""
    text = clean_text(draft.text)
    if not text:
        raise UnreadableError("holds no text")
    if len(text) > MAX_TEXT:
        raise UnreadableError(f"holds a text of {len(text):,} characters, more than {MAX_TEXT:,}; split it")
    title = clean_line(draft.title)[:MAX_TITLE]
    url = draft.url.strip() if _URL.fullmatch(draft.url.strip()) else None
    named = _hashed("t", f"{title}\n{text}") if url is None else _hashed("u", url)
    return Article(
        id=next(name for name in (draft.id, path_id, named) if name),
        text=text,
        title=title if title else clean_line(first_sentence(text))[:MAX_TITLE],
        published=draft.published,
        outlet=clean_line(draft.outlet)[:MAX_NAME],
        byline=clean_line(draft.byline)[:MAX_NAME],
        url=url,
        source=source,
    )


def _hashed(mark: str, text: str) -> str:
    """Return an id of 13 characters: a mark and the first 12 hexadecimal digits of the text's SHA-256."""
    return mark + hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def clean_text(text: str) -> str:
    """Return the text in NFC with "\\n" for every line break, without controls, outer blanks or blanks at line ends."""
    lines = (_NO_TEXT.sub("", line).rstrip() for line in text.splitlines())
    return unicodedata.normalize("NFC", "\n".join(lines).strip())


def clean_line(text: str) -> str:
    """Return the text as one clean line, each run of white space one space."""
    return " ".join(clean_text(text).split())


def decode(data: bytes) -> str:
    """Return the characters of a file or a line: by its byte order mark, else UTF-8, else declared, else guessed."""
    if len(data) > MAX_FILE:
        raise UnreadableError(f"holds more than {MAX_FILE:,} bytes; split it")
    if wide := _wide_encoding(data):
        return data.decode(wide, "replace")
    if b"\0" in data:
        raise UnreadableError("looks like a binary file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        middle = error.start
    try:
        return data.decode(_declared_encoding(data[:2048]))
    except (LookupError, UnicodeDecodeError):
        return data.decode(_likeliest_encoding(data[max(0, middle - SAMPLE // 2) :][:SAMPLE]), "replace")


def _wide_encoding(data: bytes) -> str | None:
    """Return the encoding of a byte order mark other than UTF-8's; None without one."""
    return next((encoding for mark, encoding in _WIDE_MARKS.items() if data.startswith(mark)), None)


def _declared_encoding(head: bytes) -> str:
    """Return the encoding that an HTML page's head declares, as browsers read it; "" if it declares none."""
    match = _DECLARED.search(head)
    declared = match[1].decode("ascii").lower() if match else ""
    return "cp1252" if declared in ("iso-8859-1", "latin1", "us-ascii") else declared


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
