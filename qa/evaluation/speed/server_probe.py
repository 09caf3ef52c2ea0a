"""A process of its own that opens the pipeline and answers questions as the server does, then tells what that took."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from qa.evaluation.results.results import percentiles
from qa.pipeline import Pipeline
from qa.settings import Settings
from qa.types import Timings

STAGES = ("encode", "search", "read", "total")
"""The fields of Timings, in the order of a question's way."""


def ask_in_turn(pipeline: Pipeline, questions: Sequence[str], runs: int) -> list[list[Timings]]:
    """Return how long each question took, run by run, after one run that is not counted."""
    every = [[pipeline.ask(question).timings for question in questions] for _ in range(runs + 1)]
    return every[1:]


def latency(runs: Sequence[Sequence[Timings]]) -> dict[str, Mapping[str, float]]:
    """Return stage → "p50", "p95", "p99" over the questions in milliseconds, each the median of the runs' own."""
    stages: dict[str, Mapping[str, float]] = {}
    for stage in STAGES:
        of_runs = [percentiles([getattr(timings, stage) for timings in run]) for run in runs]
        stages[stage] = {name: median(found[name] for found in of_runs) for name in of_runs[0]}
    return stages


def peak_memory() -> int:
    """Return the most bytes of memory that this process ever held at once (resident set)."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count what the parent held, too: Linux hands that on through fork and exec
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="utf-8"))
        if found:
            return int(found[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Read {"questions": […], "runs": n} from stdin and write {"latency": {…}, "memory": bytes} to stdout.

    The archive and the models are those of the environment's settings.
    """
    asked = json.load(sys.stdin)
    pipeline = Pipeline.from_settings(Settings.from_env())
    found = latency(ask_in_turn(pipeline, asked["questions"], asked["runs"]))
    pipeline.archive.close()
    json.dump({"latency": found, "memory": peak_memory()}, sys.stdout)


if __name__ == "__main__":
    main()
