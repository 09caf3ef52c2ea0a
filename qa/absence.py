"""What a question that nothing answers was looked for in, and how near the nearest came: as data and in words."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embeddings.dates import in_words
from embeddings.holdings import Holding, Holdings
from embeddings.matching import words_nowhere
from embeddings.plural import plural
from embeddings.types import Filter
from qa.types import Prediction

if TYPE_CHECKING:
    from embeddings.archives import SearchableArchive
    from qa.pipeline import Pipeline

EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Absence:
    """What speaks for it that an archive does not answer a question.

    `searched`: the articles that the filter `only` lets through, None if the archive does not count them. `nearest`:
    the confidence of the likeliest of what was withheld, None if nothing was; `needed`: the least one of an answer;
    both in [0, 1]. `nowhere`: words of the question that stand nowhere in the archive, whatever the filter, without
    little ones such as "how".
    """

    searched: Holdings | None
    nearest: float | None
    needed: float
    nowhere: tuple[str, ...]
    only: Filter = EVERYTHING


def absence_of(pipeline: "Pipeline", prediction: Prediction, only: Filter) -> Absence | None:
    """Return what was searched for a question that nothing answers, and what was missing.

    None if there are answers, or none were looked for: the question is in another language.
    """
    if prediction.answers or prediction.language:
        return None
    return Absence(
        searched=_searched(pipeline.archive, only),
        nearest=max((answer.confidence for answer in prediction.withheld), default=None),
        needed=pipeline.threshold,
        nowhere=tuple(words_nowhere(pipeline.archive, prediction.question)),
        only=only,
    )


def absence_to_json(absence: Absence | None) -> dict[str, object] | None:
    """Return it as the JSON contract has it, None for none; probabilities have 4 decimals."""
    if absence is None:
        return None
    only, held = absence.only, absence.searched
    return {
        "searched": None if held is None else _held_to_json(held),
        "filter": {
            "from": only.published_from or None,
            "to": only.published_to or None,
            "outlet": list(only.outlets),
            "article": list(only.articles),
        },
        "nearest": None if absence.nearest is None else round(absence.nearest, 4),
        "needed": round(absence.needed, 4),
        "nowhere": list(absence.nowhere),
    }


def no_answer_in_words(prediction: Prediction, filtered: bool) -> str:
    """Return what is said first of a question without answers; `filtered`: whether not every article was asked.

    "No passage in this archive answers this." stands only where passages were looked through.
    """
    if prediction.language:
        return "This question was not answered."
    if prediction.hits:
        return "No passage in this archive answers this."
    return "No article passes the filters." if filtered else "The archive holds nothing to read."


def absence_in_words(absence: Absence) -> Iterator[tuple[str, str]]:
    """Yield what is said of it, one thing after the other, each behind its name."""
    if absence.searched is not None:
        yield "Searched", held_in_words(absence.searched)
    if scope := scope_in_words(absence.only):
        yield "Only", scope
    if absence.searched is None or absence.searched.articles:
        yield "Nearest", nearest_in_words(absence)
    if absence.nowhere:
        yield "Nowhere in the archive", ", ".join(absence.nowhere)


def scope_in_words(only: Filter) -> str:
    """Return what a filter lets through, "" for everything: "what Azernews or Gazette published up to May 2023"."""
    first, last = in_words(only.published_from), in_words(only.published_to)
    if only == EVERYTHING:
        return ""
    dates = f" from {first} to {last}" if first and last else f" from {first} on" if first else f" up to {last}"
    return f"what {_listed(only.outlets) or 'was'} published{dates if first or last else ''}"


def held_in_words(held: Holdings) -> str:
    """Return how much was searched: "735 articles by 3 outlets, 3 March 2021 to 9 May 2023; 2 have no date"."""
    if not held.articles:
        return "no article"
    outlets = _outlets(held)
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


def _searched(archive: "SearchableArchive", only: Filter) -> Holdings | None:
    """Return the articles that a filter lets through: those it names are looked up, all others counted."""
    if only.articles:
        return Holdings(_holdings(archive, only.articles)).within(only)
    return archive.shelves.holdings().within(only) if archive.shelves else None


def _holdings(archive: "SearchableArchive", ids: Sequence[str]) -> Iterator[Holding]:
    for id_ in dict.fromkeys(ids):
        with suppress(KeyError):  # gone since it was asked
            article = archive.store.article(id_)
            yield article.outlet, *article.days, 1


def _held_to_json(held: Holdings) -> dict[str, object]:
    first, last = held.days
    return {
        "articles": held.articles,
        "outlets": _outlets(held),
        "first": first or None,
        "last": last or None,
        "undated": held.undated,
    }


def _outlets(held: Holdings) -> int:
    return len([outlet for outlet in held.by_outlet if outlet])


def _listed(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
