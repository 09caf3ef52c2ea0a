"""What an evaluation found, as plain data: written to JSON, read back, compared and reported."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from qa.evaluation.measures.bootstrap import bootstrap_mean
from qa.evaluation.measures.calibration import Bin, RiskCoverage

FORMAT = "pressmark-evaluation"
FORMAT_VERSION = 1
PERCENTILES = (50, 95, 99)

WORST = 20
PASSAGES = 3
"""How many of the worst errors results name at most, and how many passages of each."""


class Kind(StrEnum):
    """What was evaluated."""

    READING = "reading"
    RETRIEVAL = "retrieval"
    ANSWERS = "answers"
    ABLATIONS = "ablations"
    BENCHMARK = "benchmark"
    COPIES = "copies"
    ATTRIBUTION = "attribution"


class Unit(StrEnum):
    """What a figure counts in; a fraction lies in [0, 1] and is shown in per cent."""

    FRACTION = "fraction"
    MILLISECONDS = "ms"
    COUNT = "count"
    NUMBER = "number"
    PER_SECOND = "per second"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report: it stands in `table`, in the line `row`, in the column `name`.

    `low` and `high` bound its confidence interval, None if it has none; `count` questions went into it. In a benchmark
    they are the lowest and the highest of `count` runs, and `value` is their median.
    """

    table: str
    row: str
    name: str
    value: float
    count: int
    low: float | None = None
    high: float | None = None
    unit: Unit = Unit.FRACTION


@dataclass(frozen=True, slots=True)
class WorstError:
    """A question that went wrong. `expected`: accepted answers, none if unanswerable; `given` is "" if it abstained.

    `confidence`: how sure it was of what it gave, an abstention included, in [0, 1]; None if unknown.
    """

    id: str
    question: str
    expected: tuple[str, ...]
    given: str
    confidence: float | None = None
    passages: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """A question answered wrongly, and where that came about. `stage` is one of `explain.Stage`."""

    id: str
    stage: str
    detail: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How results came about: the command line, the settings, and what `versions` returns."""

    command: str
    settings: Mapping[str, str]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything one evaluation found.

    `data` names the data set. `notes` say what the figures do not cover. `values[measure][i]` belongs to
    `questions[i]`: higher is better, None where the measure does not apply; what `compare` resamples.
    `losses` has every wrongly answered question, if asked for.
    `success[system][k]` is mean success@k. `latency[stage]` maps "p50", "p95", "p99" to milliseconds.
    `tradeoff[line]` are points of milliseconds a question and the F1 that they buy, cheapest first.
    `growth[quantity][line][passages]` is what was measured of an archive of that size; the quantity names its
    unit. What an evaluation does not measure is empty.
    """

    kind: Kind
    data: str
    provenance: Provenance
    notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    questions: tuple[str, ...]
    values: Mapping[str, tuple[float | None, ...]]
    success: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    risk_coverage: Mapping[str, RiskCoverage] = field(default_factory=dict)
    reliability: tuple[Bin, ...] = ()
    latency: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    tradeoff: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    growth: Mapping[str, Mapping[str, Mapping[int, float]]] = field(default_factory=dict)
    errors: tuple[WorstError, ...] = ()
    losses: tuple[Loss, ...] = ()


def write_results(results: Results, path: Path) -> None:
    """Write results as JSON: `format`, `format_version`, then the fields of `Results`, named as there.

    Dataclasses are objects, tuples arrays, and k in `success` and passages in `growth` are strings. A field may be
    added without notice; a field that is renamed, dropped or changes its meaning raises `format_version`.
    """
    fields = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(results)}
    path.write_text(json.dumps(fields, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")


def mean_figure(table: str, row: str, name: str, values: Sequence[float]) -> Figure:
    """Return the mean of one value a question, with its interval, as a figure."""
    interval = bootstrap_mean(values)
    return Figure(table, row, name, interval.mean, len(values), interval.low, interval.high)


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 of at least one duration, interpolated linearly between neighbours."""
    values = np.percentile(milliseconds, PERCENTILES)
    return {f"p{percentile}": float(value) for percentile, value in zip(PERCENTILES, values, strict=True)}


def versions(*distributions: str) -> dict[str, str]:
    """Return the versions of Python, of the platform and of installed distributions, "not installed" where not."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
