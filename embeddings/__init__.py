"""Articles to passages to vectors to the nearest passages: knows nothing of answers or HTTP."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.encoders import load_encoder
    from embeddings.locations import open_archive
    from embeddings.types import Article, Filter
else:

    def __getattr__(name: str) -> object:
        """Return a public name; what it needs is loaded when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)


__all__ = ["Article", "Filter", "load_encoder", "open_archive"]

_MODULES = {
    "Article": "embeddings.types",
    "Filter": "embeddings.types",
    "load_encoder": "embeddings.encoders",
    "open_archive": "embeddings.locations",
}
