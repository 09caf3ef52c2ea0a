"""Say at which stage of the way a wrong answer was lost."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from embeddings.archives import SearchableArchive
from embeddings.plural import plural
from embeddings.types import Article, Filter, Hit
from qa.answers import same_words
from qa.metrics import RIGHT, score_answer
from qa.pipeline import Pipeline
from qa.retriever import fused_hits, search
from qa.types import Answer, Prediction


class Stage(StrEnum):
    """Where an answer was lost, in the order of the way; the first that applies counts."""

    NOT_IN_ARCHIVE = "not in the archive"
    FILTERED = "filtered"
    BELOW_K = "ranked below k"
    ONLY_SKIMMED = "only skimmed"
    SPAN_BEATEN = "span beaten"
    BELOW_THRESHOLD = "below the threshold"
    ANSWERED = "answered, yet there is no answer"


@dataclass(frozen=True, slots=True)
class Lost:
    """The stage at which an answer was lost, and in words how."""

    stage: Stage
    detail: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a question should have led to: the accepted texts, none if unanswerable, and the articles that hold one.

    An article holds an accepted text if its words stand there in a row, compared as `same_words` does. Articles that
    the set calls relevant go before all others: a short answer, such as a number, stands in many by accident.
    """

    answers: tuple[str, ...]
    articles: frozenset[str]


def is_right(text: str, answers: Sequence[str]) -> bool:
    """Return whether a text answers the question: its F1 with an accepted one is `RIGHT` or more."""
    return bool(answers) and score_answer(text, answers).f1 >= RIGHT


def candidates(prediction: Prediction) -> tuple[Answer, ...]:
    """Return all answers that were found, most confident first, shown or not."""
    return prediction.answers + prediction.withheld


def is_wrong(prediction: Prediction, answers: Sequence[str]) -> bool:
    """Return whether the first answer shown is not right, or one is shown where there is none."""
    return (
        not (prediction.answers and is_right(prediction.answers[0].text, answers))
        if answers
        else (not prediction.abstained)
    )


def expect(
    archive: SearchableArchive, wanted: Mapping[str, tuple[Sequence[str], Collection[str]]]
) -> dict[str, Expected]:
    """Return what is expected by question id, from id → (accepted texts, relevant article ids), in one pass."""
    phrases = {id_: [f" {same_words(answer)} " for answer in answers] for id_, (answers, _) in wanted.items()}
    holding: dict[str, set[str]] = {id_: set() for id_ in wanted}
    for article in archive.store.articles():
        words = _words(article.text)
        for id_, of_question in phrases.items():
            if any(phrase in words for phrase in of_question):
                holding[id_].add(article.id)
    return {
        id_: Expected(tuple(answers), frozenset(holding[id_] & set(relevant) or holding[id_]))
        for id_, (answers, relevant) in wanted.items()
    }


def lost_at(pipeline: Pipeline, prediction: Prediction, expected: Expected, only: Filter) -> Lost | None:
    """Return where a prediction went wrong, None if it did not. `only` is the filter that it was asked with."""
    if not is_wrong(prediction, expected.answers):
        return None
    found = candidates(prediction)
    if not expected.answers:
        return Lost(Stage.ANSWERED, f"with {_quoted(found[0])}")
    if found and is_right(found[0].text, expected.answers):
        detail = f"{_quoted(found[0])}, the threshold is {pipeline.threshold:.2f}"
        return Lost(Stage.BELOW_THRESHOLD, detail)
    if not expected.articles:
        return Lost(Stage.NOT_IN_ARCHIVE, "no article holds the words of an accepted answer")
    hit = _first_holding(prediction.hits, expected)
    return _not_read(pipeline, prediction, expected, only) if hit is None else _not_first(prediction, hit, expected)


def _not_read(pipeline: Pipeline, prediction: Prediction, expected: Expected, only: Filter) -> Lost:
    """Return why no passage that was read holds an accepted answer."""
    articles = [pipeline.archive.store.article(id_) for id_ in sorted(expected.articles)]
    if not any(lets_through(only, article) for article in articles):
        holding = f"{plural(len(articles), 'article')} {'holds' if len(articles) == 1 else 'hold'} it"
        return Lost(Stage.FILTERED, f"{holding}, such as {articles[0].id}; none passes the filter")
    settings = pipeline.settings
    most = max(settings.candidates, len(prediction.hits))
    vector = pipeline.archive.encoder.encode_questions([prediction.question])
    proposals = search(pipeline.archive, prediction.question, vector, only, replace(settings, candidates=most))
    scores = proposals.fused(settings.vector_weight)
    hits = fused_hits(scores, pipeline.archive.passages(scores), prediction.question, only, settings)
    hit = _first_holding(hits, expected)
    read = _were_read(len(prediction.hits))
    if hit is None:
        return Lost(Stage.BELOW_K, f"among the first {most} of neither keywords nor vectors; {read}")
    return Lost(Stage.BELOW_K, f"rank {hit.rank}, {hit.passage.id}; {read}")


def _not_first(prediction: Prediction, hit: Hit, expected: Expected) -> Lost:
    """Return why an accepted answer was not the first, though a hit, the first of such, holds it."""
    read = [one for one in prediction.hits if one.passage.id not in prediction.skimmed]
    if _first_holding(read, expected) is None:
        return Lost(Stage.ONLY_SKIMMED, f"rank {hit.rank}, {hit.passage.id}; {_were_read(len(read))}")
    return _beaten(candidates(prediction), expected)


def _were_read(count: int) -> str:
    return f"{plural(count, 'passage')} {'was' if count == 1 else 'were'} read"


def _beaten(found: Sequence[Answer], expected: Expected) -> Lost:
    if not found:
        return Lost(Stage.SPAN_BEATEN, "the reader proposed no span at all")
    places = [place for place, answer in enumerate(found, start=1) if is_right(answer.text, expected.answers)]
    own = f"place {places[0]}, {_quoted(found[places[0] - 1])}" if places else "never proposed by the reader"
    return Lost(Stage.SPAN_BEATEN, f"by {_quoted(found[0])}; the expected one: {own}")


def explained(pipeline: Pipeline, prediction: Prediction, expected: str, only: Filter) -> str:
    """Return in a line where one expected answer was lost, or that it was not; for `pressmark ask --explain`."""
    wanted = expect(pipeline.archive, {"": ((expected,), ())})[""]
    lost = lost_at(pipeline, prediction, wanted, only)
    return f"“{expected}” is the first answer" if lost is None else f"“{expected}” {lost.stage}: {lost.detail}"


def lets_through(only: Filter, article: Article) -> bool:
    """Return whether a filter lets an article through: what `Filter` says, for one article."""
    first, last = article.days
    in_days = only.days is None or (last >= only.days[0] and first <= only.days[1])
    named = not only.articles or article.id in only.articles
    return in_days and named and (not only.outlets or article.outlet in only.outlets)


def _first_holding(hits: Iterable[Hit], expected: Expected) -> Hit | None:
    phrases = [f" {same_words(answer)} " for answer in expected.answers]
    for hit in hits:
        if hit.passage.article.id in expected.articles:
            words = _words(hit.passage.text)
            if any(phrase in words for phrase in phrases):
                return hit
    return None


def _words(text: str) -> str:
    return f" {same_words(text)} "


def _quoted(answer: Answer) -> str:
    return f"“{' '.join(answer.text.split())}” ({answer.confidence:.2f}, {answer.article.id})"
