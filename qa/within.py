"""A question asked within one article alone: its passages instead of a search's hits."""

import numpy as np

from embeddings.archives import SearchableArchive
from embeddings.matching import words_in_common
from embeddings.records import encode, split_article
from embeddings.types import Article, Hit
from qa.retriever import normalise, ranked
from qa.settings import Settings

ENCODED = 60
"""Passages of one article that are encoded for a question: of a longer one those with most words in common with it."""


def hits_within(archive: SearchableArchive, article: Article, question: str, settings: Settings) -> tuple[Hit, ...]:
    """Return the `settings.k` passages of an article that match a question best; fewer only if it has fewer.

    A score is in [0, 1]: cosines and words in common, each normalised, and weighed as the two legs of a search are.
    """
    passages = split_article(article, archive.encoder, archive.splitting)
    common = np.array([words_in_common(question, passage.text) for passage in passages], dtype=np.float32)
    chosen = np.sort(np.argsort(-common, kind="stable")[:ENCODED])
    if not len(chosen):
        return ()
    near = [passages[place] for place in chosen.tolist()]
    vector = archive.encoder.encode_questions([question])
    cosines = (encode(near, archive.encoder, archive.splitting) @ vector.T)[:, 0]
    weight = settings.vector_weight
    scores = weight * normalise(cosines) + (1 - weight) * normalise(common[chosen])
    return ranked(dict(enumerate(scores.tolist())), dict(enumerate(near)))[: settings.k]
