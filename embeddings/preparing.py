"""Articles to what an archive stores of them: told apart from what is there, split, encoded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.passages import Splitting, split
from embeddings.stored import Origin, Prepared, digest, with_vectors
from embeddings.types import Article, Encoder, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the articles handed to an archive: their ids, in the order given."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def tell_apart(
    articles: Sequence[Article], origins: Callable[[Sequence[str]], Mapping[str, Origin]]
) -> tuple[Added, list[Article]]:
    """Return what is to become of articles, and those that are new or changed; the last of equal ids counts.

    `origins` says of ids where those were read that are stored.
    """
    latest = {article.id: article for article in articles}
    known = origins(list(latest))
    same = {name for name, article in latest.items() if name in known and known[name].digest == digest(article)}
    done = Added(
        added=tuple(name for name in latest if name not in known),
        changed=tuple(name for name in latest if name in known and name not in same),
        unchanged=tuple(name for name in latest if name in same),
    )
    return done, [article for name, article in latest.items() if name not in same]


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
    return with_vectors(articles, parts, [encode(passages, encoder, splitting)])


def about(encoder: Encoder, splitting: Splitting) -> dict[str, str]:
    """Return what an archive must remember of how its passages and vectors were made."""
    return {"encoder": encoder.name, "dimension": str(encoder.dimension), "splitting": str(splitting)}
