"""Where articles come from: the places their sources name."""

import errno
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.types import Article

ONE_OF_MANY = re.compile(r"#[0-9]+\Z")
"""How the source of an article ends that shares its file with others."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article was read. `path` is its source without the place among many; `id` is the article's."""

    id: str
    path: str
    is_one_of_many: bool

    @classmethod
    def of(cls, article: Article) -> "Source":
        """Return where an article was read."""
        path = cls.at(article.source)
        return cls(article.id, path, path != article.source)

    @staticmethod
    def at(source: str) -> str:
        """Return a source without the place among many."""
        return ONE_OF_MANY.sub("", source)

    def is_that_of(self, source: str) -> bool:
        """Return whether another article was read at this place."""
        return self.path == self.at(source)


def file_of(source: str) -> str | None:
    """Return the path of the file that a source is in; None if there is no such file any more.

    A source may name a place within a file after "#" or "/". A file that cannot be seen, as in a folder without
    permission, is not gone.
    """
    for path in paths_of(source):
        try:
            mode = Path(path).stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                continue
            return path
        return path if stat.S_ISREG(mode) else None
    return None


def paths_of(source: str) -> Iterator[str]:
    """Yield every path that may be the file of a source, longest first: a place in a file stands after "#" or "/"."""
    while source:
        yield source
        source = source[: max(source.rfind("#"), source.rfind("/"), 0)]


def is_below(source: str, root: str) -> bool:
    """Return whether a source is a path, or in a file or folder of that path."""
    return source == root or source.startswith((f"{root.rstrip('/')}/", f"{root}#"))
