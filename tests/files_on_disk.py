"""Files: written and harmed, read and indexed as `pressmark index` does."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.archives import GrowingArchive
from embeddings.files.articles import read_articles
from embeddings.files.fields.names import FieldNames
from embeddings.files.pieces import Unread
from embeddings.indexing.index import index_paths, look_through
from embeddings.indexing.looks import READ_ALL
from embeddings.indexing.reports import IndexReport
from embeddings.types import Article

Item = Article | Unread


def put(path: Path, text: str) -> Path:
    """Write a file and the folders it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def flip_bit(path: Path, number: int, bit: int = 4) -> None:
    """Flip one bit, 0 to 7, of the byte of this number, from 0 on.

    It is flipped in its place: a file that gets shorter, if only for a moment, is a bus error for whoever has it mapped
    into memory, as tantivy has its segments until nothing refers to them any more.
    """
    with path.open("r+b") as file:
        file.seek(number)
        byte = file.read(1)[0]
        file.seek(number)
        file.write(bytes([byte ^ 1 << bit]))


def index(archive: GrowingArchive, *paths: Path, prune: bool = False) -> IndexReport:
    """Index paths, telling nobody how it gets on."""
    if prune:
        return look_through(archive, paths, READ_ALL)  # however short a time ago a test wrote them
    return index_paths(archive, paths, lambda _: None)


def read_file(folder: Path, name: str, content: str | bytes, fields: Sequence[str] = ()) -> list[Item]:
    """Return what a new file holds."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return list(read_articles([path], FieldNames.parse(fields)))


def said(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Return where each comes from, from the name of its file on, and its text or why it has none."""
    return [(place(item.source), words(item)) for item in items]


def place(source: str) -> str:
    """Return a source without the folder that its file is in."""
    path = Path(source.partition("#")[0])
    [file] = [each for each in (path, *path.parents) if each.is_file()]
    return source[len(f"{file.parent}/") :]


def words(item: Item) -> str:
    """Return an article's text, or why it was not read."""
    return item.text if isinstance(item, Article) else f"not read: {item.reason}"


def only_article(items: Sequence[Item]) -> Article:
    """Return the one article that was read, with nothing unread beside it."""
    [item] = items
    assert isinstance(item, Article), item
    return item


def only_reason(items: Sequence[Item]) -> str:
    """Return why the one thing that was found was not read."""
    [item] = items
    assert isinstance(item, Unread), item
    return item.reason
