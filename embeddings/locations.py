"""Where an archive lies: in a folder, or in Milvus, on a server or in a file."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.folder.paths import exists

DEFAULT_FOLDER = ".pressmark"

LITE_NAME = "pressmark"
"""How the collections' names begin in a Milvus Lite file, which holds one archive."""

_ADDRESS = re.compile(r"milvus(?P<tls>\+tls)?://(?:(?P<token>.+)@)?(?P<host>[^/@]+)/(?P<name>[A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class MilvusPlace:
    """An archive in Milvus: a server's http address or a file's path, and how the names of its collections begin.

    `token` is "user:password" or "". As text, the place is as it is typed, without the token.
    """

    uri: str
    name: str = LITE_NAME
    token: str = field(default="", repr=False)

    @property
    def is_file(self) -> bool:
        """Whether it is a Milvus Lite file."""
        return "://" not in self.uri

    def __str__(self) -> str:
        if self.is_file:
            return self.uri
        scheme, host = self.uri.split("://")
        return f"milvus{'+tls' if scheme == 'https' else ''}://{host}/{self.name}"


Location = Path | MilvusPlace
"""Where an archive lies; a Path is its folder."""


def parse_location(text: str) -> Location:
    """Return where an archive lies: "milvus://host:port/name", "news.db", or else a folder.

    An archive's folder stays one, even if its name ends in .db.

    Raises:
        ValueError: if it begins as an address of Milvus and is none.
    """
    if re.match(r"milvus(\+tls)?:", text):
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise ValueError(
                "an archive in Milvus is named milvus://host:port/name or milvus://user:password@host:port/name, with "
                "milvus+tls: for an encrypted connection; the name is of letters, digits and _"
            )
        scheme = "https" if found["tls"] else "http"
        return MilvusPlace(f"{scheme}://{found['host']}", found["name"], found["token"] or "")
    path = Path(text)
    return MilvusPlace(str(path)) if path.suffix == ".db" and not exists(path) else path
