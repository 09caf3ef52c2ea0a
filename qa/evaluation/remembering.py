"""Readers that read a passage once for a question, however often they are asked to."""

from collections.abc import Sequence
from dataclasses import replace

from embeddings.types import Passage
from qa.reading import Readers
from qa.types import Reader, Reading


class RememberingReader:
    """A reader that reads a passage once for a question: variants share most of their passages."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str, int, int], Reading] = {}

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage, in the order given."""
        keys = [(question, passage.article.id, passage.start, passage.end) for passage in passages]
        new = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in self._known}
        self._known |= dict(zip(new, self._reader.read(question, list(new.values())), strict=True))
        return [self._known[key] for key in keys]


def remembering(readers: Readers) -> Readers:
    """Return the same readers, each of which reads a passage once for a question."""
    skimmer = None if readers.skimmer is None else RememberingReader(readers.skimmer)
    return replace(readers, reader=RememberingReader(readers.reader), skimmer=skimmer)
