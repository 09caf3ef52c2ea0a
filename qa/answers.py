"""Spans to answers: those that say the same are one, each with its supports and its confidence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.types import Hit, Span
from qa.confidence import Calibration, Evidence
from qa.types import Answer, Reading, ScoredSpan

LONGEST_ATTRIBUTION = 80
"""Characters."""

ATTRIBUTION = re.compile(r"\s*,\s+(?:[A-Z][\w.&’'-]*\s+){1,4}(?:reports?|reported|says|said|writes|wrote)\b")
"""Who said it, at the end of a clause, as news has it: ", Azernews reports"."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where an answer's words stand, too: in sources of their own, and in copies of these, one place an article."""

    supports: tuple[Span, ...]
    copies: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that say the same: the best of them, where else its words stand, and what speaks for it."""

    best: ScoredSpan
    elsewhere: Elsewhere
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span with the retrieval score of the hit it was read in, and its passage's relevance logit, 0 without one.

    `family`: that of its passage.
    """

    span: ScoredSpan
    retrieval: float
    relevance: float
    family: int | None


def assemble(hits: Sequence[Hit], readings: Sequence[Reading], calibration: Calibration) -> list[Answer]:
    """Return the answers that the readings of the hits hold, most confident first; ties by article id and start."""
    answers = [_answer(group, calibration) for group in gather(hits, readings)]
    return sorted(answers, key=lambda answer: (-answer.confidence, answer.article.id, answer.start))


def gather(hits: Sequence[Hit], readings: Sequence[Reading]) -> list[Group]:
    """Return the spans of all readings, put together where they share their words or their place, best first."""
    candidates = [
        _Candidate(before_attribution(span), hit.score, reading.relevance or 0.0, hit.passage.family)
        for hit, reading in zip(hits, readings, strict=True)
        for span in reading.spans
    ]
    candidates.sort(key=lambda candidate: (-candidate.span.score, candidate.span.article.id, candidate.span.start))
    lists = _group(candidates)
    return [_with_evidence(members, _lead(lists, index), len(hits)) for index, members in enumerate(lists)]


def before_attribution(span: ScoredSpan) -> ScoredSpan:
    """Return the span without the attribution that it runs into: "in Baku, Trend reports" becomes "in Baku".

    A span that begins in the attribution is left as it is: there, the name may be what was asked for.
    """
    text = span.article.text
    for found in ATTRIBUTION.finditer(text, span.start, min(len(text), span.end + LONGEST_ATTRIBUTION)):
        if span.start < found.start() < span.end <= found.end():
            return replace(span, end=found.start())
    return span


def same_words(text: str) -> str:
    """Return a text as it is compared with others: no case, accents, punctuation, articles or doubled spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(word for word in re.findall(r"\w+", plain) if word not in {"a", "an", "the"})


def _group(candidates: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Put candidates together that share their words, or their place; groups and their members best first."""
    groups: list[list[_Candidate]] = []
    for candidate in candidates:
        for group in groups:
            if _says_the_same(group[0].span, candidate.span):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return groups


def _says_the_same(one: Span, other: Span) -> bool:
    return _overlap(one, other) or (same_words(one.text) != "" and same_words(one.text) == same_words(other.text))


def _overlap(one: Span, other: Span) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end


def _lead(groups: Sequence[Sequence[_Candidate]], index: int) -> float:
    """Return by how many logits a group beats the best of the others; unbounded without others."""
    others = [group[0].span.score for number, group in enumerate(groups) if number != index]
    return groups[index][0].span.score - max(others, default=float("-inf"))


def _with_evidence(members: Sequence[_Candidate], lead: float, read: int) -> Group:
    best = members[0].span
    elsewhere = _elsewhere(members)
    retrieval = max(member.retrieval for member in members)
    evidence = Evidence(best.score, retrieval, lead, len(elsewhere.supports), members[0].relevance, read)
    return Group(best, elsewhere, evidence)


def _answer(group: Group, calibration: Calibration) -> Answer:
    best = group.best
    return Answer(
        best.article,
        best.start,
        best.end,
        confidence=calibration.confidence(group.evidence),
        score=best.score,
        supports=group.elsewhere.supports,
        copies=group.elsewhere.copies,
    )


def _elsewhere(members: Sequence[_Candidate]) -> Elsewhere:
    """Return where the first one's words stand, too: places that overlap neither it nor one before them.

    Of a family, the first article is the source, and all others are copies of it.
    """
    kept: list[Span] = [members[0].span]
    sources = {members[0].family: members[0].span.article.id}
    supports: list[Span] = []
    copies: dict[str, Span] = {}
    for member in members[1:]:
        span = Span(member.span.article, member.span.start, member.span.end)
        if any(_overlap(span, other) for other in kept):
            continue
        kept.append(span)
        if member.family is not None and sources.setdefault(member.family, span.article.id) != span.article.id:
            copies.setdefault(span.article.id, span)
        else:
            supports.append(span)
    return Elsewhere(tuple(supports), tuple(copies.values()))
