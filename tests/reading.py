"""What tests of the readers of files share: write a file, and read it as `pressmark index` does."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.files.articles import Unread, read_articles
from embeddings.files.records import FieldNames
from embeddings.types import Article

Item = Article | Unread


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
