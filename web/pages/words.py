"""What the pages say of an answer, of a filter and of a mistake."""

from collections.abc import Sequence

from embeddings.dates import in_words
from embeddings.plural import plural
from embeddings.types import Filter, Span
from qa.types import Prediction


def read_as_answers(prediction: Prediction) -> list[Span]:
    """Return every span that the answers show, or where their words were read, too."""
    return [span for answer in prediction.answers for span in (answer, *answer.supports, *answer.copies)]


def looked_through(prediction: Prediction) -> str:
    """Return how many passages were read, and how many only skimmed: "4 passages read, 16 skimmed"."""
    read = plural(len(prediction.hits) - len(prediction.skimmed), "passage") + " read"
    return f"{read}, {len(prediction.skimmed)} skimmed" if prediction.skimmed else read


def scope_in_words(only: Filter) -> str:
    """Return what a filter lets through, "" for everything: "what Azernews or Gazette published up to May 2023"."""
    first, last = in_words(only.published_from), in_words(only.published_to)
    if only == Filter():
        return ""
    dates = f" from {first} to {last}" if first and last else f" from {first} on" if first else f" up to {last}"
    return f"what {_listed(only.outlets) or 'was'} published{dates if first or last else ''}"


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def as_sentence(message: str) -> str:
    """Return an error message with a capital and a full stop; a quoted value or a field named k stays as it is."""
    start = message[:1].upper() if message[:2].isalpha() else message[:1]
    return f"{start}{message[1:]}{'' if message.endswith(('.', '?')) else '.'}"
