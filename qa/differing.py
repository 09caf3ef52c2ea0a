"""Answers of one kind that say something else to the same question: side by side, never merged, never ranked."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from embeddings.dates import in_words
from embeddings.folding import printed
from embeddings.plural import plural
from embeddings.types import Span
from qa.types import Answer, Prediction
from qa.values import Value, value_of


@dataclass(frozen=True, slots=True)
class Saying:
    """One of the things said: its answers, most confident first, in how many articles of how many families.

    An article and its copies are one family. `shared`: how many of these families say another of the things, too.
    """

    answers: tuple[Answer, ...]
    articles: int
    families: int
    shared: int = 0

    @property
    def earliest(self) -> Span:
        """The place in the oldest article, copies among them: since when it is said."""
        return min((place for one in self.answers for place in (one, *one.supports, *one.copies)), key=by_date)


def differing(prediction: Prediction) -> tuple[Saying, ...]:
    """Return what the answers that are of the first one's kind say, oldest first; empty unless they differ."""
    said = _said(prediction.answers)
    if len(said) < 2:
        return ()
    numbers = {hit.passage.article.id: hit.passage.family for hit in prediction.hits}
    families = [_families(answers, numbers) for answers in said]
    counts = Counter(family for each in families for family in each)
    found = [
        Saying(tuple(answers), len(_articles(answers)), len(each), sum(counts[family] > 1 for family in each))
        for answers, each in zip(said, families, strict=True)
    ]
    return tuple(sorted(found, key=lambda saying: by_date(saying.earliest)))


Order = Literal["confidence", "date"]
"""What answers can be ordered by."""

ORDERS: tuple[Order, ...] = get_args(Order)
"""The first is what they are ordered by if nothing is said."""


def articles_read(prediction: Prediction) -> int:
    """Return how many articles the passages that were looked through are of."""
    return len({hit.passage.article.id for hit in prediction.hits})


def by_date(place: Span) -> tuple[str, str, int]:
    """Return what orders answers, and other places, by the date of their article, undated ones last."""
    return place.article.published or "9999-99", place.article.id, place.start


def ordered(answers: Sequence[Answer], order: Order) -> tuple[Answer, ...]:
    """Return answers by `confidence`, as they are, or by `date`, oldest first."""
    return tuple(sorted(answers, key=by_date)) if order == "date" else tuple(answers)


def sources_in_words(saying: Saying, read: int) -> str:
    """Return what says it, of so many articles: "2 articles of 1 independent family, of 7 articles read"."""
    families = plural(saying.families, "independent family", "independent families")
    said = f"{plural(saying.articles, 'article')} of {families}, of {plural(read, 'article')} read"
    if not saying.shared:
        return said
    verb = "says" if saying.shared == 1 else "say"
    who = "this family" if saying.families == 1 else f"{saying.shared} of these families"
    return f"{said}; {who} {verb} another of these, too"


def timeline(sayings: Sequence[Saying]) -> str:
    """Return what was said since when, in a line, for people: "14 million · 3 May 2023 → 16 million · 9 June 2023"."""
    points = [(one.earliest.text, in_words(one.earliest.article.published) or "undated") for one in sayings]
    return " → ".join(f"{' '.join(printed(text).split())} · {when}" for text, when in points)


def _said(answers: Sequence[Answer]) -> list[list[Answer]]:
    """Return the answers that are of the first one's kind, those together that say the same."""
    sayings: list[list[tuple[Answer, Value]]] = []
    values = [(answer, value_of(answer.text)) for answer in answers]
    first = next((value for _, value in values if value is not None), None)
    for answer, value in values:
        if (
            value is None
            or first is None
            or not all(value.compares(one) for one in (first, *(each[0][1] for each in sayings)))
        ):
            continue
        same = next((each for each in sayings if not value.differs(each[0][1])), None)
        if same is None:
            sayings.append([(answer, value)])
        else:
            same.append((answer, value))
    return [[answer for answer, _ in each] for each in sayings]


def _articles(answers: Sequence[Answer]) -> set[str]:
    return {place.article.id for answer in answers for place in (answer, *answer.supports, *answer.copies)}


def _families(answers: Sequence[Answer], numbers: Mapping[str, int | None]) -> set[Hashable]:
    """Return the families that say it: the numbers of their articles' families, the id of an article without one.

    Copies among the places are left out where no number tells: what they are copies of is among the sources.
    """
    copies = {copy.article.id for answer in answers for copy in answer.copies}
    sources = {place.article.id for answer in answers for place in (answer, *answer.supports)}
    known = {number for id_ in sources if (number := numbers.get(id_)) is not None}
    alone = {id_ for id_ in sources - copies if numbers.get(id_) is None}
    return {*known, *alone} or {answers[0].article.id}
