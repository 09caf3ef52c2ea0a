"""What word processors write and press databases deliver, after public reports about neighbouring programs."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from embeddings.files.articles import read_articles
from embeddings.files.pieces import Unread
from embeddings.types import Article

CASES = Path(__file__).parent / "cases"
EXPECTED = json.loads((CASES / "written.json").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2010", "-").split())


def names(byline: str) -> str:
    return re.sub(r",? and ", ", ", byline)


def stated(article: Article, expected: dict[str, Any]) -> dict[str, str]:
    """Return what an article says of what is expected to be said."""
    said = {name: getattr(article, name) for name in ("title", "published", "outlet", "byline") if name in expected}
    return {name: names(value) if name == "byline" else value for name, value in said.items()}


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"])
def test_case(case: dict[str, Any]) -> None:
    items = list(read_articles([CASES / case["file"]]))
    articles = [item for item in items if isinstance(item, Article)]
    assert [item for item in items if isinstance(item, Unread)] == []
    assert len(articles) == len(case["articles"])
    for article, expected in zip(articles, case["articles"], strict=True):
        right = {
            name: names(expected[name]) if name == "byline" else expected[name] for name in stated(article, expected)
        }
        assert stated(article, expected) == right
        assert article.byline != expected.get("byline_not")
        assert [words for words in expected.get("text_has", ()) if folded(words) not in folded(article.text)] == []
        assert [words for words in expected.get("text_lacks", ()) if words in article.text] == []
