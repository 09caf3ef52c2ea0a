"""Predictions as plain dictionaries and words, for JSON, the page and the terminal alike."""

from collections.abc import Callable, Sequence

from embeddings.folding import copied
from embeddings.printed_pages import PrintedPage, page_of
from embeddings.types import Article, Hit, Span
from qa.absence import Absence, absence_to_json
from qa.attribution.little_words import PRONOUNS
from qa.attribution.words import SPEECH
from qa.differing import ORDERS, Order, Saying, differing, ordered
from qa.types import Answer, Attribution, Mention, Prediction

Href = Callable[[Span], str]
"""Where a span can be seen in its article: whoever serves the page says so."""

SURELY_RECOGNISED = 0.9
"""From this mean confidence on, a machine's reading is not told by its percentage: engines are that sure of print."""


def page_in_words(span: Span) -> str:
    """Return the page that a span stands on as it is cited: "p. 3"; "" if its article has no pages."""
    page = page_of(span)
    return f"p. {page.number}" if page is not None else ""


def page_doubts(span: Span) -> list[str]:
    """Return what makes the words of a span less than sure on their page, each the end of "This page was …"."""
    page = page_of(span)
    if page is None:
        return []
    doubts = ["laid out so that the order of its columns is doubtful"] if page.doubtful else []
    if page.recognised is not None:
        sure, unsaid = page.recognised >= SURELY_RECOGNISED, page.recognised == 0
        rate = (
            "it is not known how surely"
            if unsaid
            else f"which was {round(100 * page.recognised)} % sure of its letters"
        )
        doubts.append("read by machine from a picture" + ("" if sure else f", {rate}"))
    return doubts


def page_to_json(page: PrintedPage | None) -> dict[str, object] | None:
    """Return a page's number and what is doubtful of it, None for none; `recognised` has 2 decimals."""
    if page is None:
        return None
    recognised = None if page.recognised is None else round(page.recognised, 2)
    return {"number": page.number, "doubtful": page.doubtful, "recognised": recognised}


def said_by(answer: Answer) -> str:
    """Return whose words an answer is, as its article says; "" where the outlet speaks itself."""
    return attribution_in_words(answer.attribution)


def attribution_in_words(found: Attribution | None) -> str:
    """Return "said by Lena Ross"; "" for None.

    A verb that is not one of speech is told: "attributed to Lena Ross (“wants”)", and so is what was inferred: "said by
    Lena Ross (inferred from “she”)".
    """
    if found is None:
        return ""
    return f"{'said by' if _is_spoken(found) else 'attributed to'} {speaker_in_words(found)}"


def speaker_in_words(found: Attribution | None) -> str:
    """Return the speaker alone, with what `attribution_in_words` says in brackets; "" for None.

    A pronoun is in lower case, also from the beginning of a sentence.
    """
    if found is None:
        return ""
    speaker, cue = (" ".join(copied(span.text).split()) for span in (found.speaker, found.cue))
    if found.inferred is not None:
        speaker = f"{' '.join(copied(found.inferred.text).split())} (inferred from “{speaker}”)"
    small = f"{speaker[:1].lower()}{speaker[1:]}"
    speaker = small if small in IN_LOWER_CASE else speaker
    return speaker if _is_spoken(found) else f"{speaker} (“{cue}”)"


def _is_spoken(found: Attribution) -> bool:
    cue = " ".join(copied(found.cue.text).split()).casefold()
    return cue in SPEECH_CUES or cue in SPEECH


IN_LOWER_CASE = PRONOUNS - {"i"}
"""The pronouns that are written so within a sentence."""


SPEECH_CUES = frozenset([":", "according to", "saying", "telling", "adding", "say", "tell", "add"])
"""What tells somebody's words, beside the verbs of speech."""


def article_to_json(article: Article) -> dict[str, object]:
    """Return what an article is called, without its text; what is unknown is None."""
    return {
        "id": article.id,
        "title": article.title,
        "published": article.published or None,
        "outlet": article.outlet or None,
        "byline": article.byline or None,
        "url": article.url,
        "read_from": article.read_from or None,
    }


def prediction_to_json(
    prediction: Prediction,
    absence: Absence | None,
    href: Href,
    link: Href | None = None,
    order: Order = ORDERS[0],
) -> dict[str, object]:
    """Return a prediction as the JSON contract has it, with what `absence_of` says of it.

    `link` says where a span can be seen from anywhere; without it nothing is said of that.

    `start` and `end` are character offsets in the article's text, half-open. Confidences have 4 decimals, scores 4,
    milliseconds 1. What is `skimmed` the small reader alone has read.
    """
    answers, timings = ordered(prediction.answers, order), prediction.timings
    return {
        "question": prediction.question,
        "abstained": prediction.abstained,
        "notice": prediction.notice or None,
        "answers": [_answer_to_json(answer, href, link) for answer in answers],
        "differing": [_saying_to_json(saying, answers) for saying in differing(prediction)],
        "possible": [_answer_to_json(answer, href, link) for answer in prediction.possible],
        "absence": absence_to_json(absence),
        "passages": [_hit_to_json(hit, hit.passage.id in prediction.skimmed) for hit in prediction.hits],
        "timings_ms": {
            "encode": round(timings.encode, 1),
            "search": round(timings.search, 1),
            "skim": round(timings.skim, 1),
            "read": round(timings.read, 1),
            "total": round(timings.total, 1),
        },
    }


def _answer_to_json(answer: Answer, href: Href, link: Href | None) -> dict[str, object]:
    return {
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "start": answer.start,
        "end": answer.end,
        "sentence": {"start": answer.sentence.start, "end": answer.sentence.end, "text": answer.sentence.text},
        "article": article_to_json(answer.article),
        "page": page_to_json(page_of(answer)),
        **_seen_at(answer, href, link),
        "supports": [_place_to_json(support, href, link) for support in answer.supports],
        "copies": [_place_to_json(copy, href, link) for copy in answer.copies],
        "skimmed": answer.skimmed,
        "attribution": attribution_to_json(answer.attribution),
    }


def _saying_to_json(saying: Saying, answers: Sequence[Answer]) -> dict[str, object]:
    places = [answers.index(answer) for answer in saying.answers]
    first = saying.earliest
    return {
        "text": first.text,
        "published": first.article.published or None,
        "answers": places,
        "articles": saying.articles,
        "families": saying.families,
        "shared": saying.shared,
    }


def attribution_to_json(attribution: Attribution | None) -> dict[str, object] | None:
    """Return who said it, by which words and how, and whom a pronoun was inferred to stand for, None if nobody."""
    if attribution is None:
        return None
    return {
        "speaker": _place_of_words(attribution.speaker),
        "cue": _place_of_words(attribution.cue),
        "kind": attribution.kind.value,
        "inferred": None if attribution.inferred is None else _place_of_words(attribution.inferred),
    }


def _place_of_words(span: Span) -> dict[str, object]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _seen_at(span: Span, href: Href, link: Href | None) -> dict[str, object]:
    return {"href": href(span)} if link is None else {"href": href(span), "link": link(span)}


def _place_to_json(mention: Mention, href: Href, link: Href | None) -> dict[str, object]:
    return {
        "article": article_to_json(mention.article),
        "page": page_to_json(page_of(mention)),
        "start": mention.start,
        "end": mention.end,
        **_seen_at(mention, href, link),
        "skimmed": mention.skimmed,
    }


def _hit_to_json(hit: Hit, skimmed: bool) -> dict[str, object]:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "article": article_to_json(passage.article),
        "page": page_to_json(page_of(passage)),
        "skimmed": skimmed,
    }
