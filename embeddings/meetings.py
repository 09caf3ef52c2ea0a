"""Articles that are met at several places: which one they are, and what becomes of the places."""

from collections.abc import Mapping

from embeddings.archive import Archive
from embeddings.origins import file_of
from embeddings.stored import OtherPlace, PlaceChanges, content_of, digest
from embeddings.types import Article


class Meetings:
    """What one run of indexing met more than once: of the lot that waits to be stored, and of the whole run."""

    def __init__(self, archive: Archive) -> None:
        self.met: set[str] = set()
        """Sources of articles that are stored as read elsewhere."""
        self.seen: set[str] = set()
        """Ids of stored articles that are where they were read."""
        self._archive = archive
        self.start_lot()

    def start_lot(self) -> None:
        """Forget the lot: it is stored."""
        self.lot: set[str] = set()
        self._contents: dict[str, str] = {}
        self._noted: dict[str, OtherPlace] = {}
        self._handed: dict[str, OtherPlace] = {}
        self._merged: set[str] = set()

    def changes(self, moved: Mapping[str, str]) -> PlaceChanges:
        """Return what the lot changes, with the sources of unchanged articles that are read elsewhere now, by id."""
        return PlaceChanges(self._handed, sorted(self._merged), moved, list(self._noted.values()))

    def wait(self, article: Article) -> None:
        """Have an article in the lot. If a stored one changes by it, that goes on at another place, if it has one."""
        self._leave_to_another_place(article)
        self.seen.add(article.id)
        self.lot.add(article.id)
        self._contents[content_of(article)] = article.id

    def twin(self, article: Article) -> str | None:
        """Return the id of the article that says the same, in the lot or stored; None if that is its own or none."""
        content = content_of(article)
        if content in self._contents:
            return self._contents[content]
        ids = self._archive.ids_with(content)
        return None if article.id in ids else next((each for each in ids if each not in self.lot), None)

    def meet(self, article: Article, twin: str) -> bool:
        """Note another place of an article, its twin; return whether another one was stored as read there, which goes.

        If that one has other places, it stays as read at one of these.
        """
        known = self._archive.origins([article.id])
        self._leave_to_another_place(article)
        self._handed = {each: to for each, to in self._handed.items() if to.source != article.source}
        self.note(twin, article)
        self._merged |= known.keys() - self._handed.keys()
        return bool(known)

    def note(self, article_id: str, found: Article) -> None:
        """Note where an article was found, unless it is known that it is there, too."""
        self.met.add(found.source)
        other = OtherPlace(article_id, found.source, found.id)
        origin = self._archive.origins([article_id]).get(article_id)
        if origin is not None and origin.source == found.source:
            self.seen.add(article_id)
        elif article_id in self.lot or other not in self._archive.other_places(article_id):
            self._noted[found.source] = other

    def goes_on_at(self, article: Article) -> bool:
        """Return whether an article is one that the lot leaves to other places of it, met at one of them."""
        for each in self._archive.ids_with(content_of(article)):
            others = self._archive.other_places(each) if each in self._handed else []
            if article.source in {other.source for other in others}:
                self.seen.add(article.id)
                self.met.add(article.source)
                return True
        return False

    def _leave_to_another_place(self, article: Article) -> None:
        """If a stored article changes, let it go on as that of another place of it, where it may be as it was."""
        origin = self._archive.origins([article.id]).get(article.id)
        if origin is None or origin.digest == digest(article):
            return
        for other in self._archive.other_places(article.id):
            if other.id != article.id and other.source != article.source and file_of(other.source) is not None:
                self._handed[article.id] = other
                return
