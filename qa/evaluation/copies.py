"""How well copies are found: articles and copies made of them by rule, in an archive without models."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from embeddings.folder.database import Database
from embeddings.records import Prepared, content_of
from embeddings.sentences import sentences
from embeddings.types import Article, Filter
from qa.evaluation.results.results import Figure, Kind, Provenance, Results, Unit

REPLACED = 0.03
"""The part of the words that is replaced, in [0, 1]."""

CUT = 4
"""One paragraph in this many is cut."""

NAMED = 40
"""At most this many families among the articles themselves are named, and wrong pairs of each kind."""

COPY_OF = "copy of "
"""What the id of a copy begins with."""

TOGETHER = 200
"""Articles that are stored in one transaction."""


class Alteration(StrEnum):
    """What makes a copy another one than its original."""

    HEADLINE = "another headline"
    OUTLET = "another outlet and date"
    FIRST = "first sentence changed"
    CUT = "a quarter of the paragraphs cut"
    ADDED = "a paragraph of another article added"
    WORDS = "3 % of the words replaced"
    ALL = "all of these"


@dataclass(frozen=True, slots=True)
class FoundCopies:
    """What was found of the copies of one kind: for each original whether its own was, and the pairs that are wrong."""

    right: tuple[bool, ...]
    wrong: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """The part of the pairs of an original and its copy that was found, in [0, 1]."""
        return sum(self.right) / len(self.right)

    @property
    def precision(self) -> float:
        """The part of the found pairs that are an original and its copy, in [0, 1]; 1 if none was found."""
        found = sum(self.right) + len(self.wrong)
        return sum(self.right) / found if found else 1.0


def copy_of(article: Article, other: Article, change: Alteration, chance: random.Random) -> Article:
    """Return a copy of an article with a change; what is put in comes from another article."""
    copied = replace(article, id=f"{COPY_OF}{article.id}")
    for one in (change,) if change is not Alteration.ALL else tuple(Alteration)[:-1]:
        copied = _ALTERATIONS[one](copied, other, chance)
    return copied


def families(articles: Sequence[Article]) -> list[list[str]]:
    """Return the ids of articles that an archive takes for copies of each other, for families of at least two."""
    nothing = np.zeros((0, 1), dtype=np.float32)
    with TemporaryDirectory(prefix="pressmark-") as folder:
        path = Path(folder) / "archive.sqlite"
        with closing(Database.create(path, {"encoder": "none", "dimension": "1", "splitting": "none"})) as database:
            for first in range(0, len(articles), TOGETHER):
                some = articles[first : first + TOGETHER]
                database.store([Prepared(article, content_of(article), (), nothing) for article in some])
            found: dict[int, list[str]] = {}
            for entry in database.entries(Filter()):
                found.setdefault(entry.family, []).append(entry.id)
    return [sorted(ids) for ids in found.values() if len(ids) > 1]


def find(originals: Sequence[Article], change: Alteration, known: Sequence[Sequence[str]], seed: int) -> FoundCopies:
    """Make a copy of every article with one kind of change, and return what an archive of all finds.

    A pair of articles that are copies of each other without any copy made, `known`, or of copies of such, is neither
    right nor wrong.
    """
    chance = random.Random(f"{seed} {change}")
    copies = [copy_of(article, chance.choice(originals), change, chance) for article in originals]
    origin = {article.id: article.id for article in originals}
    origin |= {copied.id: article.id for article, copied in zip(originals, copies, strict=True)}
    same = {article_id: ids[0] for ids in known for article_id in ids}
    together = list(_pairs(families([*originals, *copies])))
    right = {origin[one] for one, other in together if origin[one] == origin[other]}
    wrong = [
        (one, other)
        for one, other in together
        if same.get(origin[one], origin[one]) != same.get(origin[other], origin[other])
    ]
    return FoundCopies(tuple(article.id in right for article in originals), tuple(wrong))


def copies_results(originals: Sequence[Article], name: str, provenance: Provenance, seed: int) -> Results:
    """Return precision and recall of the pairs of every kind of change, and what the articles' own copies are."""
    known = families(originals)
    found = {change: find(originals, change, known, seed) for change in Alteration}
    titles = {article.id: article.title for article in originals}
    return Results(
        kind=Kind.COPIES,
        data=name,
        provenance=provenance,
        notes=(*_notes(known, len(originals)), *_wrong(found, titles), *_named(known, titles)),
        figures=tuple(figure for change, one in found.items() for figure in _row(change, one)),
        questions=tuple(article.id for article in originals),
        values={f"recall, {change}": tuple(map(float, one.right)) for change, one in found.items()},
    )


def _row(change: Alteration, found: FoundCopies) -> Iterator[Figure]:
    count = len(found.right)
    yield Figure("Copies", change, "precision", found.precision, count)
    yield Figure("Copies", change, "recall", found.recall, count)
    yield Figure("Copies", change, "wrong pairs", len(found.wrong), count, unit=Unit.COUNT)


def _notes(known: Sequence[Sequence[str]], articles: int) -> Iterator[str]:
    yield "A pair is found if both articles are in one family: copies of each other, directly or through others."
    yield "Each kind of change is measured in an archive of its own, of all articles and one copy of each."
    yield (
        f"{len(list(_pairs(known))):,} pairs, in {len(known):,} families, are found among the {articles:,} articles "
        "themselves, before any copy is made. They count neither as right nor as wrong; look at them."
    )


def _wrong(found: Mapping[Alteration, FoundCopies], titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what was taken for copies and is not, by the titles of the originals."""
    for change, one in found.items():
        pairs = {tuple(sorted(each.removeprefix(COPY_OF) for each in pair)) for pair in one.wrong}
        for pair in sorted(pairs)[:NAMED]:
            yield f"Wrong, {change}: {' | '.join(titles[each] for each in pair)}"


def _named(known: Sequence[Sequence[str]], titles: Mapping[str, str]) -> Iterator[str]:
    for ids in known[:NAMED]:
        yield f"Among the articles, {len(ids)}: {' | '.join(titles[each] for each in ids[:5])}"
    if len(known) > NAMED:
        yield f"and {len(known) - NAMED:,} more families"


def _pairs(found: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    return (pair for ids in found for pair in combinations(ids, 2))


def _parts(text: str) -> list[str]:
    """Return the paragraphs of a text, or its sentences if there are too few paragraphs to cut one."""
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    return paragraphs if len(paragraphs) >= CUT else [text[start:end] for start, end in sentences(text).tolist()]


def _headline(article: Article, other: Article, _: random.Random) -> Article:
    return replace(article, title=other.title)


def _outlet(article: Article, _: Article, chance: random.Random) -> Article:
    day = f"{chance.randint(2000, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return replace(article, outlet="Another outlet", published=day)


def _first(article: Article, other: Article, _: random.Random) -> Article:
    (start, end), *_others = sentences(article.text).tolist()
    other_start, other_end = sentences(other.text).tolist()[0]
    return replace(article, text=article.text[:start] + other.text[other_start:other_end] + article.text[end:])


def _cut(article: Article, _: Article, chance: random.Random) -> Article:
    parts = _parts(article.text)
    gone = set(chance.sample(range(len(parts)), len(parts) // CUT))
    return replace(article, text="\n\n".join(part for place, part in enumerate(parts) if place not in gone))


def _added(article: Article, other: Article, chance: random.Random) -> Article:
    parts = _parts(article.text)
    parts.insert(chance.randint(0, len(parts)), chance.choice(_parts(other.text)))
    return replace(article, text="\n\n".join(parts))


def _words(article: Article, other: Article, chance: random.Random) -> Article:
    others = re.findall(r"\w+", other.text)
    words = list(re.finditer(r"\w+", article.text))
    text = article.text
    for word in sorted(chance.sample(words, round(REPLACED * len(words))), key=lambda word: -word.start()):
        text = text[: word.start()] + chance.choice(others) + text[word.end() :]
    return replace(article, text=text)


_ALTERATIONS: Mapping[Alteration, Callable[[Article, Article, random.Random], Article]] = {
    Alteration.HEADLINE: _headline,
    Alteration.OUTLET: _outlet,
    Alteration.FIRST: _first,
    Alteration.CUT: _cut,
    Alteration.ADDED: _added,
    Alteration.WORDS: _words,
}
