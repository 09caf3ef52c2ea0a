"""Articles that are met at several places: which one they are, and what becomes of the places."""

from collections.abc import Callable, Sequence

from embeddings.archives import GrowingArchive
from embeddings.indexing.background import Batch
from embeddings.records import OtherSource, content_of, digest
from embeddings.sources import file_of
from embeddings.types import Article


class Duplicates:
    """What one run of indexing met more than once: of the batches that wait to be stored, and of the whole run.

    `batches` gives those batches, in their order; the last one is being filled.
    """

    def __init__(self, archive: GrowingArchive, batches: Callable[[], Sequence[Batch]]) -> None:
        self.met: set[str] = set()
        """Sources of articles that are stored as read elsewhere."""
        self.seen: set[str] = set()
        """Ids of stored articles that are where they were read."""
        self._archive = archive
        self._batches = batches

    def waits(self, article_id: str) -> bool:
        """Return whether an article waits to be stored."""
        return any(article_id in batch.articles for batch in self._batches())

    def put(self, article: Article) -> None:
        """Put an article into the batch; a stored one that changes by it goes on at another of its places, if any."""
        self._leave_to_another_place(article)
        self.seen.add(article.id)
        batch = self._batches()[-1]
        batch.articles[article.id] = article
        batch.contents[content_of(article)] = article.id

    def twin(self, article: Article) -> str | None:
        """Return the id of the article that says the same, unstored or stored; None if that is its own or none."""
        content = content_of(article)
        for batch in self._batches():
            if content in batch.contents:
                return batch.contents[content]
        ids = self._archive.ids_with(content)
        return None if article.id in ids else next((each for each in ids if not self.waits(each)), None)

    def meet(self, article: Article, twin: str) -> bool:
        """Note another place of an article, its twin; return whether another one was stored as read there, which goes.

        If that one has other places, it stays as read at one of these.
        """
        known = self._archive.origins([article.id])
        self._leave_to_another_place(article)
        for batch in self._batches():
            batch.handed = {each: to for each, to in batch.handed.items() if to.source != article.source}
        self.note(twin, article)
        self._batches()[-1].merged |= known.keys() - self._handed
        return bool(known)

    def note(self, article_id: str, found: Article) -> None:
        """Note where an article was found, unless it is known that it is there, too."""
        self.met.add(found.source)
        other = OtherSource(article_id, found.source, found.id)
        origin = self._archive.origins([article_id]).get(article_id)
        if origin is not None and origin.source == found.source:
            self.seen.add(article_id)
        elif self.waits(article_id) or other not in self._archive.other_sources(article_id):
            self._batches()[-1].noted[found.source] = other

    def goes_on_at(self, article: Article) -> bool:
        """Return whether an article is one that goes on at other places of it, met at one of them."""
        for each in self._archive.ids_with(content_of(article)):
            others = self._archive.other_sources(each) if each in self._handed else []
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
        for other in self._archive.other_sources(article.id):
            if other.id != article.id and other.source != article.source and file_of(other.source) is not None:
                self._batches()[-1].handed[article.id] = other
                return

    @property
    def _handed(self) -> set[str]:
        """The ids of the articles that go on at another of their places."""
        return {article for batch in self._batches() for article in batch.handed}
