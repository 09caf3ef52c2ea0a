"""The JSON endpoint: each operation, and the document that tells of them all."""

from web.api import asking, document, holdings, judging, keeping, watching
from web.api.operations import blueprint

__all__ = ["asking", "blueprint", "document", "holdings", "judging", "keeping", "watching"]
