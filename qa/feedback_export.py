"""Feedback as questions to evaluate with, in the project's format and in SQuAD's, their places verified."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from embeddings.types import NO_FILTER, Article
from qa.feedback import Feedback, Verdict

Find = Callable[[str], Article]
"""Gives the article of an id; raises KeyError if there is none."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what was said of its answers, those that stand in the archive; at least one says what is right.

    `right` are its answers where they stand now, in the order they were said; none: nothing answers it.
    """

    question: str
    right: tuple[Feedback, ...]
    others: tuple[Feedback, ...]

    @property
    def id(self) -> str:
        """The question's id: that of the first thing said of it."""
        return (self.right or self.others)[0].id

    @property
    def asked(self) -> str:
        """The day of the last thing said: 2024-05-01."""
        return max(each.time for each in (*self.right, *self.others))[:10]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What can be exported, and why the rest cannot: a sentence each."""

    judged: tuple[Judged, ...]
    left_out: tuple[str, ...]


def sort_out(feedback: Sequence[Feedback], find: Find) -> Sorted:
    """Return the questions of which it was said what is right, places moved to where the words stand now.

    Left out is what was said of articles or words that are gone, and questions of which it was only said that an
    answer is wrong, or that there is none within a filter: what is right nobody said.
    """
    stand: dict[str, list[Feedback]] = {}
    left_out: list[str] = []
    for given in feedback:
        now = _where_now(given, find)
        if now is None:
            left_out.append(f"{given.question!r}: {given.text!r} does not stand in article {given.article!r} any more")
        else:
            stand.setdefault(given.question, []).append(now)
    judged: list[Judged] = []
    for question, said in stand.items():
        right = tuple(each for each in said if each.verdict is Verdict.RIGHT)
        nothing = any(each.verdict is Verdict.NOTHING and each.only == NO_FILTER for each in said)
        if right or nothing:
            judged.append(Judged(question, right, tuple(each for each in said if each not in right)))
        else:
            left_out.append(f"{question!r}: nobody said what is right, only what is wrong")
    return Sorted(tuple(judged), tuple(left_out))


def in_own_format(judged: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """Yield questions on an archive, as docs/questions.md has them, with the places of their answers beside."""
    for each in judged:
        words = [said for said in each.others if said.verdict is Verdict.WORDS]
        yield {
            "id": each.id,
            "question": each.question,
            "answers": list(dict.fromkeys(said.text for said in each.right)),
            "asked": each.asked,
            "relevant": list(dict.fromkeys(said.article for said in (*each.right, *words))) if each.right else [],
            "places": [
                {"article": said.article, "start": said.start, "end": said.end, "text": said.text}
                for said in each.right
            ],
        }


def in_squad_format(judged: Sequence[Judged], find: Find) -> dict[str, Any]:
    """Return a set in SQuAD's format, v2.0: each article is a paragraph, and a question stands at all that answer it.

    One that nothing answers stands at the article that it was answered from.
    """
    asked: dict[str, list[dict[str, Any]]] = {}
    for each in judged:
        by_article: dict[str, list[Feedback]] = {}
        wrong = (one for one in each.others if one.verdict is not Verdict.WORDS)
        for said in each.right or wrong:
            by_article.setdefault(said.article, []).append(said)
        for number, (article, there) in enumerate(by_article.items()):
            answers = [{"text": one.text, "answer_start": one.start} for one in there] if each.right else []
            asked.setdefault(article, []).append(
                {
                    "id": f"{each.id}-{number}" if number else each.id,
                    "question": each.question,
                    "answers": answers,
                    "is_impossible": not answers,
                }
            )
    articles = ((find(article), questions) for article, questions in asked.items())
    data = [
        {"title": found.title, "paragraphs": [{"context": found.text, "qas": questions}]}
        for found, questions in articles
    ]
    return {"version": "v2.0", "data": data}


def _where_now(given: Feedback, find: Find) -> Feedback | None:
    """Return feedback with its answer's words where they stand now, the nearest place to the old one."""
    try:
        text = find(given.article).text
    except KeyError:
        return None
    if text[given.start : given.end] == given.text:
        return given
    before = text.rfind(given.text, 0, max(0, given.start) + len(given.text))
    behind = text.find(given.text, given.start)
    places = [place for place in (before, behind) if place >= 0]
    if not given.text or not places:
        return None
    start = min(places, key=lambda place: (abs(place - given.start), place))
    return replace(given, start=start, end=start + len(given.text))
