"""The address of an archive in Milvus."""

from dataclasses import dataclass, field

LITE_NAME = "pressmark"
"""How the collections' names begin in a Milvus Lite file, which holds one archive."""


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A server's http address or a file's path, and how the names of an archive's collections begin.

    `token` is "user:password" or "". As text, it is as it is typed, without the token.
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
