"""Spans to answers: those that say the same are one, each with its supports and its confidence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from embeddings.folding import fold
from embeddings.types import Span
from qa.confidence import Calibration, Evidence
from qa.types import Answer, Mention, ReadHit, Reading, ScoredSpan

LONGEST_ATTRIBUTION = 80
"""Characters."""

ATTRIBUTION = re.compile(r"\s*,\s+(?:[A-Z][\w.&’'-]*\s+){1,4}(?:reports?|reported|says|said|writes|wrote)\b")
"""Who said it, at the end of a clause, as news has it: ", Azernews reports"."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where an answer's words stand, too: in sources of their own, and in copies of these, one place an article."""

    supports: tuple[Mention, ...]
    copies: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Spans that say the same: the best of them, where else its words stand, and what speaks for it."""

    best: ScoredSpan
    elsewhere: Elsewhere
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A span that was found in a hit, and its words as they are compared. `skimmed`: only the small reader saw it."""

    span: ScoredSpan
    words: str
    where: ReadHit
    skimmed: bool


def assemble(read: Sequence[ReadHit], calibration: Calibration) -> list[Answer]:
    """Return the answers that were found in hits, most confident first; ties by article id and start."""
    groups = gather(read)
    confidences = calibration.confidences([group.evidence for group in groups])
    answers = [_answer(group, confidence) for group, confidence in zip(groups, confidences, strict=True)]
    return sorted(answers, key=lambda answer: (-answer.confidence, answer.article.id, answer.start))


def gather(read: Sequence[ReadHit]) -> list[Group]:
    """Return the spans that were found, put together where they share their words or their place, best first.

    In a passage that was read, what the skimmer found there is no answer of its own; it speaks for the reader's.
    Answers that were only skimmed come last: their scores are another reader's.
    """
    candidates = [one for hit in read for one in _candidates(hit, hit.best)]
    candidates.sort(key=lambda one: (one.skimmed, -one.span.score, one.span.article.id, one.span.start))
    groups = _group(candidates)
    skims = [one for hit in read for one in _candidates(hit, hit.skimmed)]
    margins = [_skim_margin(members[0], skims) for members in groups]
    scores = [members[0].span.score for members in groups if not members[0].skimmed]
    return [
        _with_evidence(members, margins[index], _lead(margins if members[0].skimmed else scores, index))
        for index, members in enumerate(groups)
    ]


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
    parts = unicodedata.normalize("NFKD", fold(text).text.casefold())
    plain = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(word for word in re.findall(r"\w+", plain) if word not in {"a", "an", "the"})


def _candidates(hit: ReadHit, reading: Reading | None) -> list[_Candidate]:
    spans = map(before_attribution, reading.spans) if reading else ()
    return [_Candidate(span, same_words(span.text), hit, hit.read is None) for span in spans]


def _group(candidates: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Put candidates together that share their words, or their place; groups and their members best first."""
    groups: list[list[_Candidate]] = []
    for candidate in candidates:
        for group in groups:
            if _says_the_same(group[0], candidate):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return groups


def _says_the_same(one: _Candidate, other: _Candidate) -> bool:
    return _overlap(one.span, other.span) or (one.words != "" and one.words == other.words)


def _overlap(one: Span, other: Span) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end


def _lead(scores: Sequence[float], index: int) -> float:
    """Return by how much a score beats the best of the others; unbounded without others."""
    return scores[index] - max((*scores[:index], *scores[index + 1 :]), default=float("-inf"))


def _skim_margin(best: _Candidate, skims: Sequence[_Candidate]) -> float:
    """Return the best score that the skimmer gave an answer anywhere, 0 if nothing was skimmed.

    Of one that it did not propose, no more is known than that it is below all that it proposed in this passage.
    """
    own = [one.span.score for one in skims if _says_the_same(best, one)]
    return max(own) if own else min((one.span.score for one in skims if one.where is best.where), default=0.0)


def _with_evidence(members: Sequence[_Candidate], skim_margin: float, lead: float) -> Group:
    best, elsewhere = members[0], _elsewhere(members)
    where = best.where
    evidence = Evidence(
        margin=best.span.score,
        retrieval=max(member.where.hit.score for member in members),
        lead=lead,
        supports=len(elsewhere.supports),
        relevance=_relevance(where.best),
        skim_margin=skim_margin,
        skim_relevance=_relevance(where.skimmed),
        skimmed=best.skimmed,
    )
    return Group(best.span, elsewhere, evidence)


def _relevance(reading: Reading | None) -> float:
    """Return a passage's relevance logit, 0 from a reader without one."""
    return (reading and reading.relevance) or 0.0


def _answer(group: Group, confidence: float) -> Answer:
    best = group.best
    return Answer(
        best.article,
        best.start,
        best.end,
        confidence=confidence,
        score=best.score,
        supports=group.elsewhere.supports,
        copies=group.elsewhere.copies,
        skimmed=group.evidence.skimmed,
    )


def _elsewhere(members: Sequence[_Candidate]) -> Elsewhere:
    """Return where the first one's words stand, too: places that overlap neither it nor one before them.

    Of a family, the first article is the source, and all others are copies of it.
    """
    first = members[0]
    kept: list[Span] = [first.span]
    sources = {first.where.hit.passage.family: first.span.article.id}
    supports: list[Mention] = []
    copies: dict[str, Mention] = {}
    for member in members[1:]:
        mention = Mention(member.span.article, member.span.start, member.span.end, member.skimmed)
        if any(_overlap(mention, other) for other in kept):
            continue
        kept.append(mention)
        family, article = member.where.hit.passage.family, mention.article.id
        if family is not None and sources.setdefault(family, article) != article:
            copies.setdefault(article, mention)
        else:
            supports.append(mention)
    return Elsewhere(tuple(supports), tuple(copies.values()))
