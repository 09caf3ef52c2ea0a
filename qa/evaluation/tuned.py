"""What tuning found, as text: every value tried, what is best, and what it gains on questions that did not choose."""

from collections.abc import Sequence

from qa.evaluation.measures.bootstrap import Difference
from qa.evaluation.results.comparison import SIGNIFICANCE
from qa.evaluation.results.reports import Table, aligned
from qa.evaluation.tune import MEASURE, Choice, Tuned


def tuned_in_words(tuned: Tuned, names: Sequence[str]) -> str:
    """Return tables of all weights and all k, then the present and the best values, then the gains."""
    choosing, judging = (tuned.ranked + 1) // 2, (tuned.read + 1) // 2
    weights = Table(
        f"Weight of the vectors, chosen on {choosing} questions",
        ("weight", MEASURE),
        tuple((f"{weight:.2f}", f"{mean:.4f}") for weight, mean in tuned.weights.items()),
    )
    ks = Table(
        f"Passages read, at weight {tuned.chosen.weight:.2f}, chosen on {judging} questions",
        ("k", "best threshold", "ends well (%)"),
        tuple((str(k), f"{threshold:.2f}", f"{100 * well:.2f}") for k, (threshold, well) in tuned.ks.items()),
    )
    values = Table(
        "Values",
        ("", "PRESSMARK_VECTOR_WEIGHT", "PRESSMARK_K", "PRESSMARK_THRESHOLD"),
        (_row("present", tuned.present), _row("best", tuned.chosen)),
    )
    return "\n\n".join(
        [
            f"tuning on {', '.join(names)}",
            *(aligned(table) for table in (weights, ks, values)),
            f"Gained on the {tuned.ranked - choosing} and {tuned.read - judging} other questions, with 95 % intervals:",
            f"  {MEASURE}: {_gain(tuned.ranking_gain)}",
            f"  ends well: {_gain(tuned.ending_gain)}",
            "A question ends well if its first answer is shown and right, or withheld where there is none; each counts "
            "half with and half\nwithout the articles that answer it. Nothing was changed: set the values yourself.\n",
        ]
    )


def _row(name: str, choice: Choice) -> tuple[str, ...]:
    return name, f"{choice.weight:.2f}", str(choice.k), f"{choice.threshold:.2f}"


def _gain(gain: Difference) -> str:
    verdict = "by more than chance" if gain.p < SIGNIFICANCE else "no more than chance"
    return f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}], p {gain.p:.4f}: {verdict}"
