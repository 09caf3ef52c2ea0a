"""Compare two evaluations of the same questions: what moved, and whether by more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.evaluation.measures.bootstrap import Difference, paired_difference
from qa.evaluation.results.results import Results

SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One measure before and after: means over the `count` questions that both evaluations have a value for."""

    measure: str
    count: int
    old: float
    new: float
    difference: Difference

    @property
    def verdict(self) -> str:
        """Say "better" or "worse" if p is below 0.05, else "no more than chance" or, if nothing moved, "the same"."""
        if self.old == self.new and self.difference.p == 1.0:
            return "the same"
        if self.difference.p >= SIGNIFICANCE:
            return "no more than chance"
        return "better" if self.difference.mean > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from an old evaluation to a new one.

    `changes` in the order of the new measures; each p stands for itself, so of twenty measures one is expected below
    0.05 by chance. `only_old` and `only_new` count questions, and `measures_left_out` names measures, that only one of
    the two has: they are not compared. `settings` and `versions` that differ map to (old, new), "" where absent.
    """

    changes: tuple[Change, ...]
    only_old: int
    only_new: int
    measures_left_out: tuple[str, ...]
    settings: Mapping[str, tuple[str, str]]
    versions: Mapping[str, tuple[str, str]]


def compare(old: Results, new: Results) -> Comparison:
    """Return what moved between two results of one kind over one data set, by paired bootstrap over questions.

    Raises ValueError if kind or data set differ, or if no question or no measure is common to both.
    """
    if (old.kind, old.data) != (new.kind, new.data):
        raise ValueError(
            f"the old results are of {old.kind} on {old.data!r}, the new ones of {new.kind} on {new.data!r}; expected "
            "the same evaluation of the same data set"
        )
    shared = [measure for measure in new.values if measure in old.values]
    changes = [_change(measure, old, new) for measure in shared]
    common = len(set(old.questions) & set(new.questions))
    if not common or not any(changes):
        raise ValueError("the two results have no question and measure in common, expected at least one of each")
    return Comparison(
        changes=tuple(change for change in changes if change is not None),
        only_old=len(old.questions) - common,
        only_new=len(new.questions) - common,
        measures_left_out=tuple(sorted(set(old.values) ^ set(new.values))),
        settings=_moved(old.provenance.settings, new.provenance.settings),
        versions=_moved(old.provenance.versions, new.provenance.versions),
    )


def _change(measure: str, old: Results, new: Results) -> Change | None:
    """Return the change of a measure, None if no question has a value for it in both."""
    before = dict(zip(old.questions, old.values[measure], strict=True))
    pairs = [
        (earlier, later)
        for question, later in zip(new.questions, new.values[measure], strict=True)
        if (earlier := before.get(question)) is not None and later is not None
    ]
    if not pairs:
        return None
    earlier_values = [earlier for earlier, _ in pairs]
    later_values = [later for _, later in pairs]
    return Change(
        measure,
        len(pairs),
        sum(earlier_values) / len(pairs),
        sum(later_values) / len(pairs),
        paired_difference(earlier_values, later_values),
    )


def _moved(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = [*new, *(name for name in old if name not in new)]
    return {name: (old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)}
