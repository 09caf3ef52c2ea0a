"""What is known of an article while its file is read, before it is one."""

from dataclasses import dataclass, replace


class UnreadableError(ValueError):
    """Input that holds no article; the message is one sentence for the person whose file it is."""


class NoArticleError(UnreadableError):
    """A page or an item that is none of its outlet's articles; where there are many, they are counted by `kind`."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as its file gives it, not yet cleaned; the fields are those of `Article`, and `id` may be "".

    `notes` are what the person should know of it, each the end of a sentence that begins "31 articles": "without a
    date". They are counted, so what differs from article to article is not in them. `withdrawn` says why an article is
    not to be stored that takes back what was published before, "" if it does not; then there may be no text.
    """

    text: str
    title: str = ""
    published: str = ""
    outlet: str = ""
    byline: str = ""
    url: str = ""
    id: str = ""
    notes: tuple[str, ...] = ()
    version: str = ""
    embargo: str = ""
    withdrawn: str = ""
    pages: str = ""
    collection: str = ""

    def with_notes(self, notes: tuple[str, ...]) -> "Draft":
        """Return the same with more notes."""
        return replace(self, notes=tuple(dict.fromkeys(self.notes + notes))) if notes else self


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One thing that a file holds: an article, or why it is none.

    `place` is what the file's own source lacks to name it, such as "#3" for the third of many; "" if it is the file.
    """

    place: str
    found: Draft | UnreadableError
