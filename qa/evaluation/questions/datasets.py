"""Question sets over a collection: news questions, questions on the seeds, SQuAD's with its paragraphs."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.dates import parse_published
from embeddings.plural import plural
from embeddings.types import NO_FILTER, Article, Filter, Span
from qa.evaluation.questions.records import Record, check_unique, read_jsonl
from qa.evaluation.questions.squad import SquadSet

log = logging.getLogger(__name__)

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

FEW_ABSENT = 0.01
"""The share of a set's relevant articles that an archive may lack."""

AS_OF_ASKED = "A question finds only articles published up to the day it was asked."
ELSEWHERE = "A question is unanswerable in its own paragraph: an answer from another one counts as wrong all the same."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an accepted answer stands: the time, counted from 0, that `text` comes in the article."""

    article: str
    text: str
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question over a collection. `answers`: the accepted texts, none if unanswerable or if the set gives none.

    `relevant`: article id → grade, 1 or more; empty if unanswerable or not judged. `asked`: the ISO date it was asked,
    "" if unknown. `kind`: the set's own label, "" if none. `places`: where the answers stand, if the set says so.
    `only`: the filter it is asked with.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    asked: str = ""
    kind: str = ""
    places: tuple[Place, ...] = ()
    only: Filter = NO_FILTER


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in the order of their file, and the collection if the set brings one, else no articles.

    `notes` say, a sentence each, what a figure over this set does not cover.
    """

    name: str
    questions: tuple[Question, ...]
    articles: tuple[Article, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> tuple[Question, ...]:
        """The questions with a relevant article: those that retrieval can be measured on."""
        return tuple(question for question in self.questions if question.relevant)

    @property
    def qrels(self) -> dict[str, Mapping[str, int]]:
        """Question id → article id → grade, of the judged questions."""
        return {question.id: question.relevant for question in self.judged}


def read_news(path: Path) -> QuestionSet:
    """Return the questions of a JSON Lines file with the fields id, question, answers[], asked, relevant[].

    The articles are elsewhere: `check_relevant` compares with them. Other fields are not read. Raises
    FileNotFoundError, and ValueError naming file, line and what was expected: broken JSON, a missing or mistyped
    field, an `asked` that is not a date, an id used twice, an article named twice by one question, an empty file.
    """
    records = read_jsonl(path)
    questions = tuple(_news_question(record) for record in records)
    check_ids(questions, records)
    return QuestionSet(path.name, questions, notes=unjudged_note(questions))


def read_seeds(path: Path) -> QuestionSet:
    """Return the questions of a JSON Lines file with id, question, kind, answers[{text, article, occurrence}].

    No answers means unanswerable. `occurrence` counts from 0, and is 0 if absent. Errors as for `read_news`; `locate`
    compares the answers with the articles.
    """
    records = read_jsonl(path)
    questions = tuple(_seed_question(record) for record in records)
    check_ids(questions, records)
    return QuestionSet(path.name, questions)


def squad_collection(squad: SquadSet) -> QuestionSet:
    """Return SQuAD paragraphs as a collection, one article each, and every question over all of them.

    Relevant is the paragraph a question was asked about, and any other with the same text. Article texts are in NFC as
    all article texts are; offsets of the set's golds need not hold in them.
    """
    same: dict[str, dict[str, int]] = {}
    for paragraph in squad.paragraphs:
        same.setdefault(paragraph.text, {})[paragraph.id] = 1
    questions = tuple(
        Question(
            item.id,
            item.question,
            answers=tuple(dict.fromkeys(item.answers)),
            relevant=same[item.paragraph.text] if item.answers else {},
        )
        for item in squad.questions
    )
    articles = tuple(
        Article(item.id, unicodedata.normalize("NFC", item.text), item.title.replace("_", " "), source=squad.name)
        for item in squad.paragraphs
    )
    notes = unjudged_note(questions)
    if not all(item.answers for item in squad.questions):
        notes = (*notes, ELSEWHERE)
    return QuestionSet(squad.name, questions, articles, notes)


def as_of_asked(questions: QuestionSet) -> QuestionSet:
    """Return the set with each question asked only of articles published up to the day it was asked.

    Raises ValueError for a question without that day.
    """
    undated = [question.id for question in questions.questions if not question.asked]
    if undated:
        raise ValueError(
            f"{questions.name}: {plural(len(undated), 'question')} without the day of asking, such as {undated[0]!r}; "
            "expected a field 'asked' in each"
        )
    dated = (replace(question, only=Filter(published_to=question.asked)) for question in questions.questions)
    return replace(questions, questions=tuple(dated), notes=(*questions.notes, AS_OF_ASKED))


def check_relevant(questions: QuestionSet, article_ids: Iterable[str]) -> None:
    """Raise a ValueError that counts and names relevant articles which an archive or collection does not hold.

    Up to FEW_ABSENT of them are only logged, and count as not found: two of one link are versions of one article, which
    the archive has under one of their ids.
    """
    known = set(article_ids)
    relevant = [(question.id, id_) for question in questions.judged for id_ in question.relevant]
    absent = [pair for pair in relevant if pair[1] not in known]
    if not absent:
        return
    question, article = absent[0]
    missing = plural(len(absent), "relevant article")
    said = f"{questions.name}: {missing} not among the {len(known)} of the archive, such as {article!r} of {question!r}"
    if len(absent) > FEW_ABSENT * len(relevant):
        raise ValueError(f"{said}; index the articles that belong to this set first")
    log.warning("%s; they count as not found", said)


def locate(question: Question, articles: Mapping[str, Article]) -> tuple[Span, ...]:
    """Return the spans of a question's places, in their order, from articles by id.

    Raises ValueError naming the question for an article that is not there and for an occurrence that is not in it.
    """
    return tuple(_span(question, place, articles) for place in question.places)


def check_ids(questions: Sequence[Question], records: Sequence[Record]) -> None:
    """Raise a ValueError that names both lines of a question id used twice."""
    places = (record.place for record in records)
    check_unique("question", zip((question.id for question in questions), places, strict=True))


def unjudged_note(questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the note that counts questions without a relevant article, none if there are none."""
    count = sum(not question.relevant for question in questions)
    if count == 0:
        return ()
    return (f"{count} of {len(questions)} questions have no relevant article.",)


def _news_question(record: Record) -> Question:
    relevant = record.texts("relevant")
    if len(set(relevant)) < len(relevant):
        raise record.error("'relevant' names an article twice, expected each once")
    return Question(
        record.text("id"), record.text("question"), record.texts("answers"), dict.fromkeys(relevant, 1), _asked(record)
    )


def _asked(record: Record) -> str:
    asked = record.text("asked")
    if not DATE.fullmatch(asked) or parse_published(asked) != asked:
        raise record.error(f"'asked' is {asked!r}, expected a date as YYYY-MM-DD")
    return asked


def _seed_question(record: Record) -> Question:
    places = tuple(
        Place(
            answer.text("article"),
            answer.text("text"),
            answer.integer("occurrence", at_least=0) if "occurrence" in answer.fields else 0,
        )
        for answer in record.records("answers")
    )
    return Question(
        record.text("id"),
        record.text("question"),
        answers=tuple(dict.fromkeys(place.text for place in places)),
        relevant={place.article: 1 for place in places},
        kind=record.optional_text("kind"),
        places=places,
    )


def _span(question: Question, place: Place, articles: Mapping[str, Article]) -> Span:
    if place.article not in articles:
        raise ValueError(
            f"question {question.id!r}: no article {place.article!r} among {plural(len(articles), 'article')}"
        )
    article = articles[place.article]
    start = -1
    for count in range(place.occurrence + 1):
        start = article.text.find(place.text, start + 1)
        if start < 0:
            raise ValueError(
                f"question {question.id!r}: article {place.article!r} holds {place.text!r} {count} times, expected "
                f"occurrence {place.occurrence}, counted from 0"
            )
    return Span(article, start, start + len(place.text))
