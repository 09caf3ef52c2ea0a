"""An archive as it grows: what is measured of it at each size."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter

from embeddings.folder.archive import Archive
from embeddings.folder.paths import Paths
from embeddings.indexing.index import index_paths
from embeddings.passages import split
from embeddings.types import Article, Encoder, Passage

MEGABYTE = 1_000_000

WORDS = 10
"""Words of a passage that are put into a question about it."""


@dataclass(frozen=True, slots=True)
class GrowthStep:
    """The articles that make an archive grow to its next size, and how many passages it then holds."""

    articles: tuple[Article, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Served:
    """What a process like the server needed: `latency[stage]["p50"]` in milliseconds, peak memory in bytes."""

    latency: Mapping[str, Mapping[str, float]]
    memory: int


@dataclass(frozen=True, slots=True)
class Grown:
    """What was measured of an archive at one size.

    `rate`: passages a second of those it grew by, end to end; None for an archive that existed before. `cold_start`:
    seconds from starting `pressmark ask` to its end. `disk`: bytes by part. `served`: see there.
    """

    passages: int
    rate: float | None
    cold_start: float
    disk: Mapping[str, int]
    served: Served


def plan_steps(articles: Iterable[Article], encoder: Encoder, sizes: Sequence[int]) -> Iterator[GrowthStep]:
    """Yield the steps to archives of at least these sizes, in passages; the last holds all articles if they run out.

    No more articles are drawn than the largest size needs. Of articles with one id only the first counts.
    """
    seen: set[str] = set()
    held: list[Article] = []
    left, passages = sorted(sizes), 0
    for article in articles:
        if article.id in seen:
            continue
        seen.add(article.id)
        held.append(article)
        passages += len(split(article, encoder.token_offsets(article.text)))
        if passages >= left[0]:
            yield GrowthStep(tuple(held), passages)
            held, left = [], [size for size in left if size > passages]
        if not left:
            return
    if held:
        yield GrowthStep(tuple(held), passages)


def take_sample(articles: Iterable[Article], encoder: Encoder, size: int) -> list[Passage]:
    """Return the passages of the first articles, all of each, until there are at least `size` or no more."""
    sample: list[Passage] = []
    for article in articles:
        sample += split(article, encoder.token_offsets(article.text))
        if len(sample) >= size:
            break
    return sample


def questions_about(passages: Sequence[Passage], count: int) -> list[str]:
    """Return at most `count` questions, one about each of as many passages spread evenly: what words they hold hardly
    matters for speed, that they find something does.
    """
    count = min(count, len(passages))
    chosen = [passages[index * len(passages) // count] for index in range(count)]
    words = [" ".join(passage.text.split()[:WORDS])[:200] for passage in chosen]
    return [f"What is said about {about}?" for about in words]


def write_articles(articles: Sequence[Article], path: Path) -> None:
    """Write articles as JSON Lines, as they are read."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            fields = asdict(replace(article, source="")) | {"author": article.byline}
            kept = {name: value for name, value in fields.items() if name not in {"source", "byline"}}
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")


def grow(archive: Archive, step: GrowthStep, progress: Callable[[int], object]) -> float:
    """Add a step's articles to the archive from a file beside it, as `pressmark index` does, and return the seconds.

    `progress` is told how many more passages are done, about.
    """
    path = archive.folder.with_suffix(".jsonl")
    write_articles(step.articles, path)
    passages_a_byte = (step.passages - archive.store.counts().passages) / path.stat().st_size
    started = perf_counter()
    index_paths(archive, [path], lambda size: progress(round(passages_a_byte * size)))
    return perf_counter() - started


def disk_use(folder: Path) -> dict[str, int]:
    """Return the bytes that an archive's parts take on disk."""
    return {
        "SQLite": sum(path.stat().st_size for path in folder.glob("archive.sqlite*")),
        "FAISS": Paths(folder).vectors.stat().st_size,
        "tantivy": sum(path.stat().st_size for path in Paths(folder).keywords.rglob("*") if path.is_file()),
    }


def serve_in_process(folder: Path, questions: Sequence[str], runs: int) -> Served:
    """Return what a fresh process needs that opens the archive and answers the questions, `runs` times each."""
    asked = json.dumps({"questions": list(questions), "runs": runs})
    command = [sys.executable, "-m", "qa.evaluation.speed.server_probe"]
    return Served(**json.loads(_run(command, {"PRESSMARK_ARCHIVE": str(folder)}, asked)))


def start_cold(folder: Path, question: str) -> float:
    """Return the seconds that a fresh `pressmark ask`, as it is installed, takes to answer and end."""
    (program,) = entry_points(group="console_scripts", name="pressmark")
    start = f"from {program.module} import {program.attr}; {program.attr}()"
    command = [sys.executable, "-c", start, "ask", question, "--archive", str(folder)]
    started = perf_counter()
    _run(command, {}, "", (0, 1))  # 1: no passage answers it
    return perf_counter() - started


def growth_lines(stages: Sequence[Grown]) -> dict[str, dict[str, dict[int, float]]]:
    """Return what was measured as `Results.growth` has it."""

    def line(values: Iterable[float | None]) -> dict[int, float]:
        of_size = zip([stage.passages for stage in stages], values, strict=True)
        return {size: value for size, value in of_size if value is not None}

    def latency(percentile: str) -> dict[int, float]:
        return line(stage.served.latency["total"][percentile] for stage in stages)

    return {
        "passages indexed a second": {"end to end, since the last size": line(stage.rate for stage in stages)},
        "milliseconds a warm question": {name: latency(name) for name in ("p50", "p95")},
        "seconds to the first answer": {"cold start": line(stage.cold_start for stage in stages)},
        "megabytes of memory": {"server, peak": line(stage.served.memory / MEGABYTE for stage in stages)},
        "megabytes on disk": {part: line(stage.disk[part] / MEGABYTE for stage in stages) for part in stages[0].disk},
    }


def _run(command: Sequence[str], environment: Mapping[str, str], text: str, well: Sequence[int] = (0,)) -> str:
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    if done.returncode not in well:
        raise RuntimeError(f"{' '.join(command[:3])} ended with exit status {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
