"""Example questions: made of sentences, tried, and shown on the first page."""

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.sentences import sentence_around
from embeddings.types import Article, Span
from qa.examples import EXAMPLES, TRIED, candidates, examples
from qa.types import Prediction
from web import examples as shown
from web.requests import current_pipeline
from web_fakes import FakeArchive, FakePipeline, answer_of, app_over, prediction_of

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

FERRY = Article("ferry", "Mayor Ada Bright opened the new ferry harbour on Monday. It rained.", "", "2023-03-02")
TREES = Article("trees", "More than 4,000 oak trees were planted in Elmford. He planted some.", "", "2023-03-01")


@pytest.mark.parametrize(
    ("sentence", "questions"),
    [
        ("Mayor Ada Bright opened the new ferry harbour on Monday.", ["Who opened the new ferry harbour?"]),
        ("ELMFORD — The Lake Council approved a plan for ferries, she said.", ["Who approved a plan for ferries?"]),
        ("More than 4,000 oak trees were planted in Elmford.", ["How many oak trees were planted in Elmford?"]),
        ("About two million people were displaced.", []),
        ("Mayor Ada Bright opened her new ferry harbour.", []),
        ("Mayor Ada Bright opened it.", []),
        ("Mayor Ada Bright won in the second round of voting.", []),
        ("The mayor opened the new ferry harbour.", []),
        ("?!", []),
    ],
)  # fmt: skip
def test_questions_are_made_of_sentences_that_stand_alone(sentence: str, questions: list[str]) -> None:
    assert [each.question for each in candidates([Article("a", sentence, "")])] == questions


@dataclass
class Sentences:
    """A pipeline that finds the words of a sentence, as sure as it is told."""

    confidence: float = 0.9
    asked: list[str] = field(default_factory=list)

    def ask(self, question: str) -> Prediction:
        self.asked.append(question)
        article = FERRY if "ferry" in question else TREES
        start, end = sentence_around(article.text, 3, 4)
        return prediction_of((answer_of(Span(article, start, end), self.confidence),), ())


def made(pipeline: Sentences, articles: list[Article]) -> list[str]:
    return list(examples(cast("Pipeline", pipeline), articles))


def test_examples_are_answered_by_the_sentence_they_were_made_of() -> None:
    assert made(Sentences(), [FERRY, TREES]) == [
        "Who opened the new ferry harbour?",
        "How many oak trees were planted in Elmford?",
    ]


def test_what_is_not_likely_answered_is_no_example() -> None:
    assert made(Sentences(0.6), [FERRY, TREES]) == []


def test_what_another_article_answers_is_no_example_and_not_everything_is_tried() -> None:
    pipeline = Sentences()
    assert (
        made(pipeline, [replace(FERRY, id=f"other-{n}", text=FERRY.text.replace("new", f"{n}th")) for n in range(99)])
        == []
    )
    assert len(pipeline.asked) == TRIED


def test_further_examples_of_one_article_are_taken_where_there_are_no_others() -> None:
    text = " ".join(f"Mayor Ada Bright opened the {n} ferry harbours." for n in ("third", "fourth", "fifth", "sixth"))
    article = replace(FERRY, text=text)

    class Finds(Sentences):
        def ask(self, question: str) -> Prediction:
            place = text.index(question.removeprefix("Who ").rstrip("?"))
            return prediction_of((answer_of(Span(article, place, place + 5)),), ())

    assert len(made(Finds(), [article])) == EXAMPLES


@pytest.fixture
def pipeline(archive: Archive) -> FakePipeline:
    add(archive, [FERRY, TREES])
    archive.refresh()
    start, end = sentence_around(FERRY.text, 3, 4)
    return FakePipeline(prediction_of((answer_of(Span(FERRY, start, end)),), ()), cast("FakeArchive", archive))


NOT_YET = threading.Event()


@pytest.fixture(autouse=True)
def without_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "BREATH", 0.0)


def test_first_page_shows_what_was_found_and_the_newest(pipeline: FakePipeline) -> None:
    app = app_over(pipeline)
    assert "for example" not in app.test_client().get("/").text
    with app.app_context():
        app.config["EXAMPLES"].look(current_pipeline(), NOT_YET)
    page = app.test_client().get("/").text
    assert '<a href="/?q=Who+opened+the+new+ferry+harbour?" dir="auto">Who opened the new ferry harbour?</a>' in page
    newest = page[page.index('<ol class="newest">') :]
    assert newest.index("2 March 2023") < newest.index("1 March 2023")


def test_examples_are_kept_while_the_archive_grows_and_dropped_with_it(pipeline: FakePipeline) -> None:
    found, asking = shown.Examples(), cast("Pipeline", pipeline)
    found.look(asking, NOT_YET)
    asked = len(pipeline.asked)
    add(cast("Archive", pipeline.archive), [replace(FERRY, id="more")])
    pipeline.archive.refresh()  # type: ignore[attr-defined]
    found.look(asking, NOT_YET)
    assert len(pipeline.asked) == asked
    assert found.of(asking) == ("Who opened the new ferry harbour?",)
    other = cast("Pipeline", replace(pipeline, prediction=prediction_of((), ())))
    assert found.of(other) == ()
    found.look(other, NOT_YET)
    assert found.of(other) == ()
    assert found.of(asking) == ()


def test_nothing_looks_any_more_when_a_server_has_stopped(pipeline: FakePipeline) -> None:
    app = app_over(pipeline)
    with app.config["EXAMPLES"].looked_for(app):
        assert "examples" in {thread.name for thread in threading.enumerate()}
    assert "examples" not in {thread.name for thread in threading.enumerate()}


def test_archive_without_an_order_has_no_examples_and_says_what_it_lacks() -> None:
    page = app_over(FakePipeline()).test_client().get("/").text
    assert "for example" not in page
    assert "does not keep its articles in the order of their days" in page
