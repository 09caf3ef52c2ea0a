"""The pages of an open PDF, one after the other: what stands on each, or why that cannot be told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

from embeddings.files.contents import unheard
from embeddings.files.drafts import UnreadableError
from embeddings.files.pdf import scans
from embeddings.files.pdf.engine import RawPage
from embeddings.files.pdf.process import OpenPdf, StoppedError
from embeddings.files.pdf.rows import with_small_letters
from embeddings.files.pdf.running import Heads

KEPT = 300
"""Pages that are kept between the two times they are looked at; those of a longer PDF are parsed twice."""

PICTURE = 0.6
"""The part of a page that pictures cover, from which on few words on it are a stamp."""

STAMP = 25
"""Words that a stamp has, at most."""

MAX_STOPPED = 3
"""Pages that may break the engine or take too long before the rest of a PDF is left."""

MAX_SECONDS = 1800.0
"""Seconds that the pages of one PDF may take together to parse; 2,000 pages take some minutes."""

MAX_SCANS = 500
"""Pages of one PDF that are read by machine, at most: it takes ten seconds a page."""

UNKNOWN = 0.0
"""The confidence of what another program recognised, which does not say it."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What stands on a page, and how sure a machine was of it that read it from a picture; None if none did."""

    page: RawPage
    recognised: float | None = None


@dataclass(slots=True)
class PageTexts:
    """The pages of a PDF. `pictures` are the numbers of those without text, `broken` those not read, and why.

    `recognises`: pictures are read by machine. `advance` is told what part of all is done, from 0 to 1.
    """

    document: OpenPdf
    recognises: bool = False
    advance: Callable[[float], object] = unheard
    heads: Heads = field(default_factory=Heads)
    pictures: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)
    _kept: dict[int, PageText] = field(default_factory=dict)
    _stopped: int = 0
    _scans: int = 0
    _seconds: float = 0.0

    def texts(self) -> Iterator[tuple[int, PageText]]:
        """Yield each page with text and its number: they are looked at once for what repeats, then for the rest."""
        count = self.document.count
        numbers, looks = range(1, count + 1), count + max(0, count - KEPT)
        for number in numbers:
            found = self._look(number)
            self.advance(number / looks)
            if found is None:
                continue
            self.heads.note(found.page)
            if number <= KEPT or found.recognised is not None:
                self._kept[number] = found
        for number in numbers:
            found = self._kept.pop(number) if number in self._kept else self._look(number)
            self.advance((count + max(0, number - KEPT)) / looks)
            if found is None:
                continue
            words = self.heads.text(found.page)
            if words and (found.recognised is not None or not _is_stamped(found.page, len(words))):
                yield number, replace(found, page=replace(found.page, words=words))
            elif found.page.pictured or found.page.drawings:
                self.pictures.add(number)

    def _look(self, number: int) -> PageText | None:
        """Return what stands on a page; None if nothing does or that cannot be told, and it is noted why."""
        if number in self.broken or number in self.pictures:
            return None
        if self._stopped >= MAX_STOPPED or self._seconds > MAX_SECONDS:
            self.broken[number] = "comes after others that took too long"
            return None
        since = monotonic()
        try:
            page = self.document.page(number)
            self._seconds += monotonic() - since
            if page.unseen and (not page.words or _is_stamped(page, len(page.words))):
                return PageText(replace(page, words=with_small_letters(page.unseen)), UNKNOWN)
            if _is_stamped(page, len(page.words)):
                return self._recognised(page, number)
        except UnreadableError as error:
            self.broken[number] = str(error)
            self._stopped += isinstance(error, StoppedError)
            return None
        return PageText(replace(page, words=with_small_letters(page.words)))

    def _recognised(self, page: RawPage, number: int) -> PageText | None:
        """Return what a machine reads on a page that is a picture; None if nothing, or there is no such machine."""
        found = None
        if self.recognises and (page.pictured or page.drawings):
            self._scans += 1
            if self._scans > MAX_SCANS:
                raise UnreadableError(f"is one of more than {MAX_SCANS} pages to be read by machine")
            found = scans.recognised(self.document.drawn(number, scans.PER_INCH), page.height)
        if found is None:
            if page.pictured or page.drawings:
                self.pictures.add(number)
            return None
        return PageText(replace(page, words=found.words, turned=(), rules=(), boxes=()), round(found.confidence, 2))


def _is_stamped(page: RawPage, words: int) -> bool:
    """Return whether a page shows nothing to read but a stamp."""
    return words == 0 or (page.pictured >= PICTURE and words <= STAMP)
