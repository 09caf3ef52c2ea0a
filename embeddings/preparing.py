"""Articles to what an archive stores of them: told apart from what is there, split, encoded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.passages import Splitting, split
from embeddings.stored import Origin, Prepared, digest
from embeddings.types import Article, Encoder


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


def prepare(articles: Sequence[Article], encoder: Encoder, splitting: Splitting) -> list[Prepared]:
    """Return articles with their passages and these passages' vectors, encoded together."""
    if not articles:
        return []
    parts = [split(article, encoder.token_offsets(article.text), splitting) for article in articles]
    texts = [splitting.to_encode(passage) for passages in parts for passage in passages]
    vectors = encoder.encode_passages(texts)
    ends = np.cumsum([len(passages) for passages in parts])[:-1]
    return [Prepared(*each) for each in zip(articles, parts, np.split(vectors, ends), strict=True)]


def about(encoder: Encoder, splitting: Splitting) -> dict[str, str]:
    """Return what an archive must remember of how its passages and vectors were made."""
    return {"encoder": encoder.name, "dimension": str(encoder.dimension), "splitting": str(splitting)}
