"""What the pages say of an answer, of a filter and of a mistake."""

from embeddings.matching import places_of
from embeddings.plural import plural
from embeddings.types import Article, Filter, Span
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


def short_title(article: Article) -> str:
    """Return an article's title for a list: one without a headline has its whole first sentence as title."""
    return shortened(article.title or "Untitled")


def shortened(title: str) -> str:
    """Return a title, cut behind a word if it is longer than a line or two."""
    return title if len(title) <= TITLE + LEEWAY else title[: TITLE - 1].rsplit(" ", 1)[0] + "…"


def title_pieces(article: Article, words: str) -> list[TextPiece]:
    """Return an article's title for a list in pieces, those marked that are some words."""
    title = short_title(article)
    line = Span(Article("", title, ""), 0, len(title))
    return pieces(line, places_of(words, line))


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
