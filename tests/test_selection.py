"""Which questions of a set are asked, and with which filter."""

import json
from pathlib import Path

import pytest

from embeddings.types import Filter
from qa.evaluation.bench import Selection

ASKED_2022 = Selection(asked="2022", as_of_asked=True)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Two questions on an archive, one of 2022."""
    path = tmp_path / "news.jsonl"
    rows = [
        {"id": str(year), "question": "Who?", "answers": [], "asked": f"{year}-05-01", "relevant": []}
        for year in (2022, 2023)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A question with its text, asked on no day."""
    path = tmp_path / "texts.jsonl"
    row = {"id": "t", "question": "Who sold it?", "text": "Ada sold it.", "answers": [{"text": "Ada", "start": 0}]}
    path.write_text(json.dumps(row))
    return path


def test_questions_of_a_year_are_asked_as_of_their_day(news: Path) -> None:
    (question,) = ASKED_2022.read(news).questions
    assert (question.id, question.only) == ("2022", Filter(published_to="2022-05-01"))
    assert [question.only for question in Selection().read(news).questions] == [Filter(), Filter()]


def test_the_day_matters_only_in_the_sets_that_know_it(news: Path, texts: Path) -> None:
    first, second = ASKED_2022.read_together([texts, news])
    assert [(question.id, question.only) for question in first.questions] == [("t", Filter())]
    assert [(question.id, question.only) for question in second.questions] == [
        ("2022", Filter(published_to="2022-05-01"))
    ]


def test_some_set_must_know_the_day(texts: Path) -> None:
    with pytest.raises(ValueError, match="no question was asked in '2022'"):
        ASKED_2022.read_together([texts])
    with pytest.raises(ValueError, match="1 question without the day of asking"):
        Selection(as_of_asked=True).read_together([texts])
