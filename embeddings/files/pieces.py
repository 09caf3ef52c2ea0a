"""What was found in a file: an article, cleaned and named, or why it is none."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from embeddings.files.contents import MAX_TEXT, Content
from embeddings.files.decoding import clean_line, clean_text
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.plain import first_sentence
from embeddings.languages import ENGLISH, language_of, named
from embeddings.types import Article

MAX_TITLE = 500
"""Characters of a title; the rest is cut off."""

MAX_NAME = 200
"""Characters of an outlet or a byline; the rest is cut off."""

_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read, a source as articles have it, and why: a sentence whose subject is the source."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found in a file, and how many more bytes of it were read by then: those of all add up to its size.

    `notes` are what the person should know of an article that was read: see `Draft`. `withdrawn` is an article that is
    not to be stored, and whose earlier versions are not to be shown any more; the item says why then.
    """

    item: Article | Unread
    size: int = 0
    notes: tuple[str, ...] = ()
    withdrawn: Article | None = None


def piece_of(entry: FileEntry, content: Content) -> Piece:
    """Return the article of an entry, or why it is none: the others in its file go in without it."""
    source = content.source + entry.place
    if isinstance(entry.found, UnreadableError):
        return Piece(Unread(source, str(entry.found)))
    path_id = "" if entry.place else content.id
    if entry.found.withdrawn:
        named = replace(entry.found, text=entry.found.text or "-")
        return Piece(Unread(source, entry.found.withdrawn), withdrawn=_article(named, source, path_id))
    try:
        article = _article(entry.found, source, path_id)
    except UnreadableError as error:
        return Piece(Unread(source, str(error)))
    return Piece(article, notes=tuple(_notes(article, entry.found)))


def _notes(article: Article, draft: Draft) -> Iterator[str]:
    """Yield what the person should know of an article that was read."""
    yield from draft.notes
    if article.language not in ("", ENGLISH):
        yield f"in {named(article.language)}: stored, and found by their words, but questions are read in English"
    if not article.published and not any(note.startswith("without a date") for note in draft.notes):
        yield "without a date"
    if article.url is None and draft.url:
        yield "without a link: it does not begin with http:// or https://"


def _article(draft: Draft, source: str, path_id: str = "") -> Article:
    """Return the cleaned article. Without an id of its own or a path's it is named by its URL, else by its words."""
    text = clean_text(draft.text)
    if not text:
        raise UnreadableError("holds no text")
    if len(text) > MAX_TEXT:
        raise UnreadableError(f"holds a text of {len(text):,} characters, more than {MAX_TEXT:,}; split it")
    title = clean_line(draft.title)[:MAX_TITLE]
    address = clean_line(draft.url)
    url = address if _URL.fullmatch(address) else None
    return Article(
        id=draft.id or path_id or _name(title, text, url),
        text=text,
        title=title if title else clean_line(first_sentence(text))[:MAX_TITLE],
        published=draft.published,
        outlet=clean_line(draft.outlet)[:MAX_NAME],
        byline=clean_line(draft.byline)[:MAX_NAME],
        url=url,
        source=source,
        version=draft.version,
        collection=draft.collection,
        embargo=draft.embargo,
        given_id=draft.id if path_id else "",
        language=language_of(text),
        pages=draft.pages if text == draft.text else "",
    )


def _name(title: str, text: str, url: str | None) -> str:
    """Return the id of an article that has none of its own nor a path's: 12 hexadecimal digits behind a mark."""
    mark, named = ("t", f"{title}\n{text}") if url is None else ("u", url)
    return mark + hashlib.sha256(named.encode("utf-8")).hexdigest()[:12]
