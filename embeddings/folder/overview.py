"""What an archive is like: how much it holds, of whom and of when, how it was made, and what it takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from embeddings import vectors
from embeddings.dates import earliest, latest
from embeddings.folder.database import Database
from embeddings.folder.paths import Paths, journal_of
from embeddings.keywords import files as keyword_files
from embeddings.languages import named
from embeddings.plural import plural
from embeddings.types import Stamp

GAPS_NAMED = 5
"""The longest times without an article that are named, at most."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without an article: its first and last day, "YYYY-MM-DD", and how many days it has."""

    first: str
    last: str
    days: int


@dataclass(frozen=True, slots=True)
class Overview:
    """An archive as it is now.

    `outlets` and `languages`: articles by outlet and by language, the most first, "" the unknown one. `first` and
    `last`: the earliest and the latest date, as precise as it is known, "" for none. `gaps`: the longest times between
    two days of which there are articles, longest first; articles dated to a month or a year fill none. `withdrawn` and
    `embargoed`: articles that are stored and not shown. `copies`: articles that have copies, and `families`: how many
    these come to if copies count once. `sizes`: bytes. `health`: whether each index is up to date; opening makes it so.
    """

    articles: int
    passages: int
    outlets: Mapping[str, int]
    languages: Mapping[str, int]
    first: str
    last: str
    undated: int
    withdrawn: int
    embargoed: int
    gaps: tuple[Gap, ...]
    copies: int
    families: int
    encoder: str
    dimension: int
    splitting: str
    generation: int
    sizes: Mapping[str, int]
    health: Mapping[str, str]


def overview(folder: Path, database: Database) -> Overview:
    """Return what the archive in a folder is like."""
    counts, dates = database.counts(), database.dates()
    dated = [published for published in dates if published]
    copies = database.copy_counts()
    taken_back, embargoed = database.hidden_counts()
    paths = Paths(folder)
    stamp = Stamp(database.meta("archive"), database.generation)
    return Overview(
        articles=counts.articles,
        passages=counts.passages,
        outlets=database.outlet_counts(),
        languages={named(code): count for code, count in database.language_counts().items()},
        first=min(dated, key=lambda date: (earliest(date), -len(date)), default=""),
        last=max(dated, key=lambda date: (latest(date), len(date)), default=""),
        undated=dates.get("", 0),
        withdrawn=taken_back,
        embargoed=embargoed,
        gaps=longest_gaps(dated),
        copies=copies.articles,
        families=copies.families,
        encoder=database.meta("encoder"),
        dimension=int(database.meta("dimension")),
        splitting=database.meta("splitting"),
        generation=stamp.generation,
        sizes=_sizes(paths),
        health={
            "vectors": _said(vectors.read_stamp(paths.vectors), stamp),
            "keywords": _said(keyword_files.read_stamp(paths.keywords), stamp),
        },
    )


def longest_gaps(dates: Iterable[str]) -> tuple[Gap, ...]:
    """Return the longest times between two of the days among the dates, longest first, then the earliest."""
    days = sorted(date.fromisoformat(day).toordinal() for day in set(dates) if len(day) == len("2022-10-19"))
    gaps = [
        Gap(date.fromordinal(before + 1).isoformat(), date.fromordinal(after - 1).isoformat(), after - before - 1)
        for before, after in pairwise(days)
        if after - before > 1
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.days, gap.first))[:GAPS_NAMED])


def _sizes(paths: Paths) -> dict[str, int]:
    return {
        "database": _size(paths.database) + _size(journal_of(paths.database)),
        "vectors": _size(paths.vectors),
        "keywords": sum(_size(each) for each in paths.keywords.glob("*")),
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _said(held: Stamp | None, wanted: Stamp) -> str:
    """Return what is to be said of an index's file, which is caught up or rebuilt when the archive is opened."""
    if held is None or held.archive != wanted.archive or held.generation > wanted.generation:
        return "to be built" if wanted.generation else "up to date"
    behind = wanted.generation - held.generation
    return f"{plural(behind, 'generation')} behind" if behind else "up to date"
