"""Ways of doing the same thing, timed in turn in one run: A B A B, then medians and ratios."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

from qa.evaluation.results.results import Figure, Unit

Seconds = Mapping[str, tuple[float, ...]]
"""How long each way took, in seconds, one value a run: values at one index were measured one after the other."""


def time_in_turn(ways: Mapping[str, Callable[[], object]], runs: int, done: Callable[[], object]) -> Seconds:
    """Return the wall-clock seconds of each way, run `runs` times in turn after one turn that is not counted.

    In turn, so that whatever slows the machine down slows all of them down. `done` is called after each.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(runs + 1):
        for name, way in ways.items():
            started = perf_counter()
            way()
            if turn:
                seconds[name].append(perf_counter() - started)
            done()
    return {name: tuple(taken) for name, taken in seconds.items()}


def rate_figures(table: str, seconds: Seconds, items: int, plain: str) -> list[Figure]:
    """Return for each way the items it did a second, and how many times as fast as the `plain` one it was.

    Medians, with the lowest and highest of the runs. The ratio is taken turn by turn, before the median.
    """
    figures = []
    for name, taken in seconds.items():
        rates = [items / own for own in taken]
        ratios = [other / own for own, other in zip(taken, seconds[plain], strict=True)]
        figures.append(_spread(table, name, "passages", rates, Unit.PER_SECOND))
        figures.append(_spread(table, name, "times the plain way", ratios, Unit.RATIO))
    return figures


def _spread(table: str, row: str, name: str, values: Sequence[float], unit: Unit) -> Figure:
    return Figure(table, row, name, median(values), len(values), min(values), max(values), unit)
