"""Articles as lines of JSON that `index` reads again, as the same articles."""

import json

from embeddings.files.fields.exported import KEY, told_of
from embeddings.files.markup import plain_words
from embeddings.types import Article

NAMES = ("id", "text", "title", "published", "outlet", "byline", "url", "embargo")


def line_of(article: Article) -> str:
    """Return an article as a line of JSON, its line feed included; what is unknown is left out."""
    record: dict[str, object] = {name: getattr(article, name) for name in NAMES if getattr(article, name)}
    moment, _, number = article.version.partition(" r")
    if moment and moment != article.published:
        record["modified"] = moment
    if number:
        record["revision"] = str(int(number))
    if told := told_of(article):
        record[KEY] = told
    return json.dumps(record, ensure_ascii=False) + "\n"


def is_read_as_it_is(article: Article) -> bool:
    """Return whether `index` reads an article's text and title as they are: not if they show what HTML looks like."""
    return all(plain_words(text) == text for text in (article.text, article.title))
