"""Where words stand, for frameworks."""

from embeddings.printed_pages import page_of
from embeddings.types import Span
from qa.evidence import hash_of
from qa.render import page_to_json


def place_of(span: Span) -> dict[str, object]:
    """Return the half-open character range of a span in its article, the hash of its words, and its page in a PDF."""
    return {"start": span.start, "end": span.end, "hash": hash_of(span.text), "page": page_to_json(page_of(span))}
