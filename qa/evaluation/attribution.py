"""How well a speaker is told: articles whose attributions are marked by hand, in the form of PolNeAR."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.sentences import sentences
from embeddings.types import Article, Span
from qa.attribution.attribute import attribution_of
from qa.evaluation.results.results import Figure, Kind, Provenance, Results, Unit

AGREE = 0.5
"""The least token F1 of a speaker with a marked source, in [0, 1], at which they are the same."""

SIMPLEST = re.compile(
    r"([A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*|he|she|they|He|She|They)\s+(?:said|says)\b"
    r"|\b(?:said|says|according to)\s+([A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*)"
)
"""The simplest rule: the capitals or the pronoun beside "said", "says" and "according to"."""

Range = tuple[int, int]

Teller = Callable[[Span], str | None]
"""Returns the speaker of a span, None if the outlet speaks itself."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An attribution marked by hand: its source's words, "" if none is named, and the ranges of what is said."""

    source: str
    content: tuple[Range, ...]

    def meets(self, start: int, end: int) -> bool:
        """Return whether any of what is said is in a range."""
        return any(first < end and start < last for first, last in self.content)


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """An article with its attributions."""

    article: Article
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, and the sources of what is said in it: none where nothing is."""

    span: Span
    sources: tuple[str, ...]


def read_marked(path: Path) -> list[MarkedArticle]:
    """Return the articles of a file, a JSON object a line, also gzipped: `id`, `text`, `attributions`.

    Raises:
        ValueError: if a line is none, naming it.
    """
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = []
    for number, line in enumerate(raw.decode("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_marked_article(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}, line {number} {_wrong(error)}; write it anew: a line is an object with id, text and "
                "attributions, each with source, cue and content as lists of [start, end)"
            ) from error
    if not found:
        raise ValueError(f"{path} holds no article; give a file with an article a line")
    return found


def cases_of(each: MarkedArticle) -> Iterator[Case]:
    """Yield the sentences of an article; not those in which all that is said is of a source that is not named."""
    text = each.article.text
    for start, end in sentences(text).tolist():
        met = [one for one in each.marked if one.meets(start, end)]
        sources = tuple(one.source for one in met if one.source)
        if sources or not met:
            yield Case(Span(each.article, start, end), sources)


def agree(given: str, marked: str) -> bool:
    """Return whether two speakers are one: their words' F1 is AGREE or more."""
    one, other = (Counter(re.findall(r"\w+", text.casefold())) for text in (given, marked))
    common = (one & other).total()
    return 2 * common >= AGREE * (one.total() + other.total()) > 0


def attribution_results(articles: Sequence[MarkedArticle], name: str, provenance: Provenance) -> Results:
    """Return precision, recall and false attributions of what answers are attributed by, and of two baselines."""
    cases = [case for each in articles for case in cases_of(each)]
    said = [case for case in cases if case.sources]
    rights = {way: [_right(case, teller) for case in said] for way, teller in TELLERS.items()}
    quiet = [case for case in cases if not case.sources]
    false = {way: [teller(case.span) is not None for case in quiet] for way, teller in TELLERS.items()}
    return Results(
        kind=Kind.ATTRIBUTION,
        data=name,
        provenance=provenance,
        notes=NOTES,
        figures=tuple(figure for way in TELLERS for figure in _row(way, rights[way], false[way])),
        questions=tuple(f"{case.span.article.id}@{case.span.start}" for case in said),
        values={way: tuple(float(right is True) for right in rights[way]) for way in TELLERS},
    )


NOTES = (
    "Every sentence with something in it that is marked as said is asked as a whole; it is right if the speaker agrees "
    "with one of its marked sources by a token F1 of 0.5.",
    "False: sentences without anything marked that are given a speaker. Sentences in which only sources that are not "
    "named say something are left out of both.",
)


def _row(way: str, rights: Sequence[bool | None], false: Sequence[bool]) -> Iterator[Figure]:
    given = [right for right in rights if right is not None]
    right = sum(given)
    table = "Attribution"
    yield Figure(table, way, "precision", right / len(given) if given else 0.0, len(given))
    yield Figure(table, way, "recall", right / len(rights) if rights else 0.0, len(rights))
    yield Figure(table, way, "false", sum(false) / len(false) if false else 0.0, len(false))
    yield Figure(table, way, "right", right, len(rights), unit=Unit.COUNT)


def _right(case: Case, teller: Teller) -> bool | None:
    """Return whether the speaker is right, None if none is told."""
    given = teller(case.span)
    return None if given is None else any(agree(given, source) for source in case.sources)


def _by_rules(span: Span) -> str | None:
    found = attribution_of(span)
    return None if found is None else found.speaker.text


def _by_simplest_rule(span: Span) -> str | None:
    found = SIMPLEST.search(span.text)
    return None if found is None else found.group(1) or found.group(2)


def _whole_sentence(span: Span) -> str | None:
    return span.text


TELLERS: Mapping[str, Teller] = {
    "rules": _by_rules,
    "simplest rule": _by_simplest_rule,
    "whole sentence": _whole_sentence,
}


def _wrong(error: Exception) -> str:
    """Return what is wrong with a line, in words."""
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON, at its character {error.pos + 1}"
    return f"lacks {error.args[0]!r}" if isinstance(error, KeyError) else "holds something else than articles have"


def _marked_article(values: Mapping[str, Any]) -> MarkedArticle:
    text = str(values["text"])
    marked = tuple(_attribution(text, one) for one in values["attributions"] if one.get("content"))
    return MarkedArticle(Article(str(values["id"]), text, ""), marked)


def _attribution(text: str, values: Mapping[str, Any]) -> Marked:
    source = " ".join(text[start:end] for start, end in values.get("source", ()))
    return Marked(source, tuple((int(start), int(end)) for start, end in values["content"]))
