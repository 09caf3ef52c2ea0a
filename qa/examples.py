"""Example questions that an archive does answer, made of sentences in its newest articles and tried."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.sentences import sentences
from embeddings.types import Article, Span

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

EXAMPLES = 3
"""How many are looked for."""

LOOKED_AT = 200
"""The newest articles that are looked through."""

TRIED = 12
"""Questions that are asked for it, at most."""

SURE = 0.66
"""The least confidence of the answer: likely, as the page says."""

_NAME = r"[A-Z][\w’'-]*\w"
_SUBJECT = rf"(?:The )?{_NAME}(?: (?:{_NAME}|of|the|for|and|de|al)){{0,5}}"
_VERB = (
    "signed|announced|won|opened|launched|visited|approved|rejected|bought|sold|introduced|published|banned|ordered"
    "|unveiled|hosted|elected|closed|built|founded|accused|criticized|criticised|condemned|praised|emphasized"
    "|highlighted|expressed|beat|defeated|killed|arrested|charged|sued|fined|discovered|proposed|vetoed|passed"
    "|cancelled|suspended|drew attention to|called for|participated in|took part in"
)
_DID = re.compile(rf"(?:.{{0,80}}[—–,] )?({_SUBJECT}) (?:also |recently |officially )?({_VERB}) ([^,;:.?!()“”\"—–]+)")
_COUNTED = re.compile(
    r"\b(?:[0-9][0-9,.]*(?: (?:thousand|million|billion))?|hundreds of thousands|dozens|thousands)(?: of)?"
    r" ((?:[a-z-]+ ){0,2}[A-Za-z-]+s|people|children) (were|have been) (?:[a-z]+ly )?([a-z]{3,}ed|found|sold)\b"
    r"( (?:in|from|by|near|at) (?:the )?[A-Z][\w’'-]+)?"
)
_END = re.compile(
    r" (?:on|after|before|while|when|who|which|that|as|during|since|amid|by|because|and|but|last|this|in order) .*"
)
_UNCLEAR = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|this|that|these|those|we|our|us|i|my|you|your)\b"
)

_NO_OBJECT = re.compile(r"(?:by|in|at|to|from|with|for|of|over|off|up|out|back|[A-Z][a-z]+day)\b")
"""What follows a verb that says nothing of what was done, or when instead of what."""

WORDS = range(3, 11)
"""Words of what was done, in a question about who did it: fewer say too little, more are no question."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and the sentence that it was made of."""

    question: str
    sentence: Span


def examples(pipeline: "Pipeline", articles: Iterable[Article]) -> Iterator[str]:
    """Yield questions that the archive answers with the sentences they were made of, at most EXAMPLES.

    Each is of another article, as far as there are any.
    """
    tried, found = 0, list[Candidate]()
    for candidate in _one_an_article_first(candidates(articles)):
        if tried == TRIED or len(found) == EXAMPLES:
            return
        if candidate.question in [each.question for each in found]:
            continue
        tried += 1
        answers = pipeline.ask(candidate.question).answers
        if answers and answers[0].confidence >= SURE and _stands_in(answers[0], candidate.sentence):
            found.append(candidate)
            yield candidate.question


def _one_an_article_first(made: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the first one of each article, then the others."""
    others, seen = list[Candidate](), set[str]()
    for candidate in made:
        if candidate.sentence.article.id in seen:
            others.append(candidate)
        else:
            seen.add(candidate.sentence.article.id)
            yield candidate
    yield from others


def candidates(articles: Iterable[Article]) -> Iterator[Candidate]:
    """Yield questions made of the sentences of articles: who did it, and how many."""
    for article in articles:
        for start, end in sentences(article.text).tolist():
            sentence = Span(article, start, end)
            if question := _question(sentence.text):
                yield Candidate(question, sentence)


def _question(sentence: str) -> str:
    """Return a question that a sentence answers, "" if no rule makes one."""
    text = " ".join(sentence.split())
    if (counted := _COUNTED.search(text)) and not _UNCLEAR.search(counted[0].lower()):
        return f"How many {counted[1]} {counted[2]} {counted[3]}{counted[4] or ''}?"
    done = _DID.match(text)
    if not done:
        return ""
    what = _END.sub("", done[3]).strip()
    clear = len(what.split()) in WORDS and not _UNCLEAR.search(what.lower()) and not _NO_OBJECT.match(what)
    return f"Who {done[2]} {what}?" if clear else ""


def _stands_in(answer: Span, sentence: Span) -> bool:
    return answer.article.id == sentence.article.id and sentence.start <= answer.start and answer.end <= sentence.end
