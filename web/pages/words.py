"""What the pages say of an answer, of a filter and of a mistake."""

from collections.abc import Sequence

from embeddings.dates import in_words
from embeddings.holdings import Holdings
from embeddings.matching import places_of
from embeddings.plural import plural
from embeddings.types import Article, Filter, Span
from qa.absence import Absence
from qa.evidence import hash_of
from qa.feedback import IN_WORDS, Outcome, Verdict
from qa.types import Answer, Prediction
from web.highlight import TextPiece, pieces

TITLE, LEEWAY = 90, 5
"""Characters of a title in a list; one that has a few more is not cut."""


def read_as_answers(prediction: Prediction) -> list[Span]:
    """Return every span that the answers show, or where their words were read, too."""
    return [span for answer in prediction.answers for span in (answer, *answer.supports, *answer.copies)]


def looked_through(prediction: Prediction) -> str:
    """Return how many passages were read, and how many only skimmed: "4 passages read, 16 skimmed"."""
    read = plural(len(prediction.hits) - len(prediction.skimmed), "passage") + " read"
    return f"{read}, {len(prediction.skimmed)} skimmed" if prediction.skimmed else read


def scope_in_words(only: Filter) -> str:
    """Return what a filter lets through, "" for everything: "what Azernews or Gazette published up to May 2023"."""
    first, last = in_words(only.published_from), in_words(only.published_to)
    if only == Filter():
        return ""
    dates = f" from {first} to {last}" if first and last else f" from {first} on" if first else f" up to {last}"
    return f"what {_listed(only.outlets) or 'was'} published{dates if first or last else ''}"


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def short_title(article: Article) -> str:
    """Return an article's title for a list: one without a headline has its whole first sentence as title."""
    title = article.title or "Untitled"
    return title if len(title) <= TITLE + LEEWAY else title[: TITLE - 1].rsplit(" ", 1)[0] + "…"


def title_pieces(article: Article, words: str) -> list[TextPiece]:
    """Return an article's title for a list in pieces, those marked that are some words."""
    title = short_title(article)
    line = Span(Article("", title, ""), 0, len(title))
    return pieces(line, places_of(words, line))


def held_in_words(held: Holdings) -> str:
    """Return how much was searched: "735 articles by 3 outlets, 3 March 2021 to 9 May 2023; 2 have no date"."""
    if not held.articles:
        return "no article"
    outlets = len([outlet for outlet in held.by_outlet if outlet])
    by = f" by {plural(outlets, 'outlet')}" if outlets else ""
    first, last = map(in_words, held.days)
    dates = f", {first}" + (f" to {last}" if last != first else "") if first else ""
    undated = f"; {held.undated:,} {'has' if held.undated == 1 else 'have'} no date" if held.undated else ""
    return f"{plural(held.articles, 'article')}{by}{dates}{undated}"


def nearest_in_words(absence: Absence) -> str:
    """Return how near the nearest came to being shown: "12 %, where an answer has 31 % or more"."""
    least = int(100 * absence.needed + 0.5)  # half up: 0.245, the least, is 25 % elsewhere, too
    needed = f"where an answer has {least} % or more"
    if absence.nearest is None:
        return "no passage holds anything like an answer"
    percent = round(100 * absence.nearest)
    return f"{percent} %, {needed}" if percent else f"under 1 %, {needed}"


def verdicts() -> list[tuple[str, str, str]]:
    """Return what can be said of an answer: its value in the form, in words, and its key."""
    keys = {Verdict.RIGHT: "r", Verdict.WORDS: "w", Verdict.ARTICLE: "a", Verdict.NOTHING: "n"}
    return [(verdict.value, verdict_in_words(verdict), keys[verdict]) for verdict in Verdict]


def verdict_in_words(verdict: str) -> str:
    """Return what was said of an answer: "Wrong words"."""
    return IN_WORDS[Verdict(verdict)].capitalize()


def outcome_in_words(outcome: Outcome) -> str:
    """Return what became of feedback."""
    return {
        Outcome.NEW: "Kept",
        Outcome.CHANGED: "Kept, in the place of what was said before",
        Outcome.ALREADY: "This was said before, and counts once",
        Outcome.UNDONE: "Undone: nothing is kept of it",
    }[outcome]


def judged_fields(prediction: Prediction, answer: Answer, only: Filter) -> dict[str, object]:
    """Return what the form below an answer sends beside the verdict."""
    return {
        "question": prediction.question,
        "article": answer.article.id,
        "start": answer.start,
        "end": answer.end,
        "hash": hash_of(answer.text),
        "generation": prediction.generation,
        "from": only.published_from,
        "to": only.published_to,
        "outlet": only.outlets,
    }


def as_sentence(message: str) -> str:
    """Return an error message with a capital and a full stop; a quoted value or a field named k stays as it is."""
    start = message[:1].upper() if message[:2].isalpha() else message[:1]
    return f"{start}{message[1:]}{'' if message.endswith(('.', '?')) else '.'}"
