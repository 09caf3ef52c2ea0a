"""Draw results as SVG with matplotlib, without its global state: the same results give the same bytes."""

import base64
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.evaluation.results.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (6.4, 4.0)
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be searched, and read aloud
    "svg.hashsalt": "pressmark",
    "font.family": "sans-serif",
    "text.parse_math": False,  # a system's name may hold "$"
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}
POINTS = 500  # of a curve at most about that many are drawn, always the last: more cannot be told apart


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture. `name` is fit for a file name, `description` says in words what is drawn, `svg` is a whole file."""

    name: str
    title: str
    description: str
    svg: str

    @property
    def uri(self) -> str:
        """The picture as a data URI: in an <img> its ids cannot clash with another's, and nothing in it can run."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode('ascii')}"


def draw(results: Results) -> tuple[Plot, ...]:
    """Return a plot of each thing the results hold: success@k, risk–coverage, reliability, latency, cost, growth.

    Raises ModuleNotFoundError, saying what to install, if matplotlib is missing.
    """
    check_matplotlib()
    measured = {
        _success: results.success,
        _risk_coverage: results.risk_coverage,
        _reliability: results.reliability,
        _latency: results.latency,
        _tradeoff: results.tradeoff,
    }
    growth = [_growth(quantity, lines) for quantity, lines in results.growth.items()]
    return (*(plot(results) for plot, values in measured.items() if values), *growth)


def _success(results: Results) -> Plot:
    def lines(axes: "Axes") -> None:
        for system, curve in results.success.items():
            axes.plot(list(curve), list(curve.values()), marker="o", markersize=3, label=system)
        cutoffs = sorted({cutoff for curve in results.success.values() for cutoff in curve})
        axes.set_xscale("log")
        axes.set_xticks(cutoffs, [str(cutoff) for cutoff in cutoffs])
        axes.minorticks_off()
        axes.set(xlabel="k", ylabel="success@k", ylim=(0, 1))
        axes.legend(loc="lower right")

    return _plot("success", "Success@k", "Share of questions with a relevant result among the first k", lines)


def _risk_coverage(results: Results) -> Plot:
    def steps(axes: "Axes") -> None:
        for system, curve in results.risk_coverage.items():
            step = max(1, len(curve.risk) // POINTS)
            axes.step(curve.coverage[::-step][::-1], curve.risk[::-step][::-1], where="post", label=system)
        axes.set(xlabel="coverage: share of questions answered", ylabel="risk: mean loss of answers", xlim=(0, 1))
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper left")

    return _plot("risk-coverage", "Risk and coverage", "Share of answers that are wrong, by share answered", steps)


def _reliability(results: Results) -> Plot:
    filled = [item for item in results.reliability if item.count]

    def bars(axes: "Axes") -> None:
        widths = [item.high - item.low for item in filled]
        accuracies = [item.accuracy or 0.0 for item in filled]
        axes.bar([item.low for item in filled], accuracies, widths, align="edge", edgecolor="white", label="accuracy")
        axes.plot([item.confidence or 0.0 for item in filled], accuracies, "k.", label="mean confidence in the bin")
        axes.plot([0, 1], [0, 1], "k--", linewidth=1, label="perfect")
        axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
        axes.legend(loc="upper left")

    return _plot("reliability", "Reliability", "Share of answers that are right, by their confidence", bars)


def _latency(results: Results) -> Plot:
    def bars(axes: "Axes") -> None:
        stages = list(results.latency)
        names = list(dict.fromkeys(name for stage in stages for name in results.latency[stage]))
        height = 0.8 / len(names)
        for number, name in enumerate(names):
            places = [index + height * (number - (len(names) - 1) / 2) for index in range(len(stages))]
            axes.barh(places, [results.latency[stage].get(name, 0.0) for stage in stages], height, label=name)
        axes.set_yticks(range(len(stages)), stages)
        axes.invert_yaxis()
        axes.set(xlabel="milliseconds a question")
        axes.legend(loc="best")

    return _plot("latency", "Latency", "Milliseconds a question takes, stage by stage", bars)


def _tradeoff(results: Results) -> Plot:
    def lines(axes: "Axes") -> None:
        for name, points in results.tradeoff.items():
            axes.plot([cost for cost, _ in points], [f1 for _, f1 in points], marker="o", markersize=3, label=name)
        axes.set(xlabel="milliseconds a question", ylabel="F1")
        axes.legend(loc="lower right")

    return _plot("cost", "F1 and time", "F1 of the first answer, by what skimming and reading takes", lines)


def _growth(quantity: str, curves: Mapping[str, Mapping[int, float]]) -> Plot:
    def lines(axes: "Axes") -> None:
        for name, curve in curves.items():
            axes.plot(list(curve), list(curve.values()), marker="o", markersize=3, label=name)
        axes.set_xscale("log")
        axes.set(xlabel="passages in the archive", ylabel=quantity)
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")

    name = "growth-" + re.sub(r"[^a-z0-9]+", "-", quantity.lower()).strip("-")
    return _plot(name, f"Growth: {quantity}", f"{quantity}, as the archive grows".capitalize(), lines)


def _plot(name: str, title: str, description: str, fill: Callable[["Axes"], None]) -> Plot:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        fill(axes)
        axes.set_title(title)
        file = io.StringIO()
        # Without a date the same results give the same bytes.
        figure.savefig(file, format="svg", metadata={"Date": None, "Title": title, "Description": description})
    return Plot(name, title, description, file.getvalue())


def check_matplotlib() -> None:
    """Raise ModuleNotFoundError, saying what to install, if matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("plots need matplotlib; install it with: pip install 'pressmark[plots]'") from error
