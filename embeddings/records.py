"""What an archive stores besides articles and passages, and how an article is prepared for it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from embeddings.passages import Splitting, split
from embeddings.types import Article, Encoder, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article with its passages and their vectors, shape (passages, dimension): what is stored together.

    `content` is the hash of what the article says, see `content_of`.
    """

    article: Article
    content: str
    passages: Sequence[Passage]
    vectors: Vectors

    @property
    def digest(self) -> str:
        """The article's digest: see `digest_of`."""
        return digest_of(self.article.id, self.content)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stored article was read, and the digest of what it says.

    `rank` orders the versions of the article, `link` and `scope` are what it is told by: see `embeddings.identity`;
    `collection` is the batch that it came with.
    """

    source: str
    digest: str
    rank: str = ""
    link: str = ""
    scope: str = ""
    collection: str = ""


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """A stored article without its text; the fields are those of `Article`, and what is known of its copies.

    `family` is the number that an article and all its copies have in common, `copies` says how many others have it,
    and `places` are all the sources it was met at, first the one that counts. It is not shown if it was `withdrawn`, by
    what was read there, or before its embargo ends: "" if neither is so.
    """

    id: str
    title: str
    published: str
    outlet: str
    byline: str
    url: str | None
    source: str
    family: int
    copies: int
    places: tuple[str, ...]
    withdrawn: str = ""
    embargo: str = ""


@dataclass(frozen=True, slots=True)
class OtherSource:
    """A place where a stored article, `article` is its id, was met once more, and the id that it has there.

    `read_from` and `collection` are as in `Article`.
    """

    article: str
    source: str
    id: str
    read_from: str = ""
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """A key that versions of an article are known by, and the article's id in the archive.

    `likeness` is what versions that have only this key in common are compared by, see `embeddings.identity`; "" for
    others.
    """

    key: str
    id: str
    likeness: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """A stored article of which a later version says nothing else: the rank that it has from then on."""

    id: str
    rank: str


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """What became of the places that articles are read at, by the articles' ids.

    `handed`: articles that go on as those of another of their places, for their own one says something else now, or is
    gone; `merged`: articles that say what another one says already, or are an older version of it; `moved`: where
    unchanged articles are read now; `noted`: other places of articles; `dropped`: sources that are no such places any
    more; `joined`: ids of articles that turned out to be versions of another, and its id; `traces`: what else versions
    of articles are known by; `later`: articles that were met again later, unchanged. They happen in this order, and
    what is stored together with them after the articles were merged.
    """

    handed: Mapping[str, OtherSource] = field(default_factory=dict)
    merged: Sequence[str] = ()
    moved: Mapping[str, OtherSource] = field(default_factory=dict)
    noted: Sequence[OtherSource] = ()
    dropped: Sequence[str] = ()
    joined: Mapping[str, str] = field(default_factory=dict)
    traces: Sequence[Trace] = ()
    later: Sequence[Later] = ()

    def __bool__(self) -> bool:
        sources = (self.handed, self.merged, self.moved, self.noted, self.dropped)
        return any((*sources, self.joined, self.traces, self.later))


@dataclass(frozen=True, slots=True)
class Copies:
    """How many articles have copies in an archive, and how many families these are."""

    articles: int
    families: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file was like when its articles were read: bytes, time in nanoseconds, and the way of reading.

    `id` is the id of a file with one article; `articles` says how many it held. `superseded_by` are the paths of files
    with newer versions of articles of this one, with line feeds between: this one is read again when one of them
    changes or is gone.
    """

    path: str
    id: str
    size: int
    modified: int
    articles: int
    reading: str
    superseded_by: str = ""

    def is_like(self, now: "FileRecord") -> bool:
        """Return whether a file that is like `now` is as it was when this was recorded."""
        return replace(now, articles=self.articles, superseded_by=self.superseded_by) == self


def split_article(article: Article, encoder: Encoder, splitting: Splitting) -> list[Passage]:
    """Return the passages of an article, in order."""
    return split(article, encoder.token_offsets(article.text), splitting)


def encode(passages: Sequence[Passage], encoder: Encoder, splitting: Splitting) -> Vectors:
    """Return one unit vector a passage, shape (len(passages), dimension)."""
    return encoder.encode_passages([splitting.to_encode(passage) for passage in passages])


def prepare(articles: Sequence[Article], encoder: Encoder, splitting: Splitting) -> list[Prepared]:
    """Return articles with their passages and these passages' vectors, encoded together."""
    parts = [split_article(article, encoder, splitting) for article in articles]
    passages = [passage for part in parts for passage in part]
    return with_vectors(articles, list(map(content_of, articles)), parts, [encode(passages, encoder, splitting)])


def provenance(encoder: Encoder, splitting: Splitting) -> dict[str, str]:
    """Return what an archive must remember of how its passages and vectors were made."""
    return {"encoder": encoder.name, "dimension": str(encoder.dimension), "splitting": str(splitting)}


def with_vectors(
    articles: Sequence[Article],
    contents: Sequence[str],
    parts: Sequence[Sequence[Passage]],
    vectors: Sequence[Vectors],
) -> list[Prepared]:
    """Return articles with their passages and the rows of `vectors` that are theirs: one a passage, in this order."""
    if not articles or not vectors:
        nothing = np.zeros((0, 0), dtype=np.float32)
        return [Prepared(article, content, (), nothing) for article, content in zip(articles, contents, strict=True)]
    ends = np.cumsum([len(part) for part in parts])[:-1]
    rows = np.split(np.concatenate(vectors), ends)
    return [Prepared(*each) for each in zip(articles, contents, parts, rows, strict=True)]


def content_of(article: Article) -> str:
    """Return a hash of all that an article says but its id: equal for the same article met twice."""
    told = (
        article.text,
        article.title,
        article.published,
        article.outlet,
        article.byline,
        article.url,
        article.version,
        *filter(None, [article.pages, article.embargo]),
    )
    return _hash(value or "" for value in told)


def digest_of(article_id: str, content: str) -> str:
    """Return a hash of all that an article says, of its id and the hash of the rest."""
    return _hash((article_id, content))


def digest(article: Article) -> str:
    """Return a hash of all that an article says, so that added, changed and unchanged can be told apart."""
    return digest_of(article.id, content_of(article))


def _hash(fields: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(fields).encode("utf-8", "surrogatepass")).hexdigest()
