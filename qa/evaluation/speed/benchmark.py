"""Speed: indexing and asking against the plain way, and all of it as the archive grows."""

import os
import platform
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from embeddings import onnx_models
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.passages import SPLITTING
from embeddings.types import Encoder, Filter, Passage
from qa.evaluation.results.results import Figure, Kind, Provenance, Results, versions
from qa.evaluation.speed.growth import (
    Grown,
    GrowthStep,
    Served,
    disk_use,
    grow,
    growth_lines,
    questions_about,
    take_sample,
    write_articles,
)
from qa.evaluation.speed.turns import rate_figures, time_in_turn
from qa.retriever import retrieve
from qa.settings import Settings
from qa.types import Reader

SAMPLE = 256
"""How many passages, at least, are encoded in each run against the plain way: the first articles'."""

QUESTIONS = 20
"""How many questions are asked in each run."""

PACKAGES = (
    "pressmark", "numpy", "faiss-cpu", "tantivy", "onnxruntime", "tokenizers", "torch", "transformers",
    "sentence-transformers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contenders:
    """What is measured, and the plain ways it is measured against.

    `serve` and `start_cold` run a process of their own over an archive's folder: see growth.py.
    """

    encoder: Encoder
    reader: Reader
    plain_encode: Callable[[Sequence[str]], object]
    plain_read: Callable[[str, Sequence[Passage]], object]
    serve: Callable[[Path, Sequence[str], int], Served]
    start_cold: Callable[[Path, str], float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a benchmark is to do: the steps its archive grows in, and the passages of the sample.

    `existing` is the folder of an archive that is measured as it is, after those steps.
    """

    steps: tuple[GrowthStep, ...]
    sample: tuple[Passage, ...]
    runs: int
    k: int
    existing: Path | None = None

    @property
    def work(self) -> int:
        """How many passages are encoded or read in all: what `progress` counts up to."""
        asked = min(QUESTIONS, len(self.sample)) * min(self.k, self.steps[-1].passages)
        turns = self.runs + 1
        sizes = len(self.steps) + (self.existing is not None)
        return self.steps[-1].passages + turns * (3 * len(self.sample) + (2 + sizes) * asked)


def plan_benchmark(
    steps: Sequence[GrowthStep], encoder: Encoder, runs: int, k: int, existing: Path | None = None
) -> Plan:
    """Return the plan over these steps and an existing archive, with the first articles as the sample.

    Raises:
        ValueError: if no passage is to be measured.
    """
    if not steps or not steps[-1].passages:
        raise ValueError("the articles hold no passage; give articles with text")
    sample = take_sample((article for step in steps for article in step.articles), encoder, SAMPLE)
    return Plan(tuple(steps), tuple(sample), runs, k, existing)


def run_benchmark(
    plan: Plan, contenders: Contenders, settings: Settings, progress: Callable[[int], object]
) -> tuple[list[Figure], list[Grown]]:
    """Return the figures of indexing and reading against the plain way, and what was measured at each size.

    Everything is written below one temporary folder, which is gone afterwards.
    """
    with TemporaryDirectory(prefix="pressmark-benchmark-") as temporary:
        folder = Path(temporary)
        figures = compare_indexing(plan, contenders, folder, progress)
        Archive.create(folder / "archive", contenders.encoder).close()
        stages = [_measure_step(folder / "archive", step, plan, contenders, progress) for step in plan.steps]
        if plan.existing is not None:
            stages.append(_measure(plan.existing, None, plan, contenders, progress))
        with closing(Archive(folder / "archive", contenders.encoder)) as archive:
            figures += compare_reading(plan, contenders, archive, settings, progress)
    return figures, stages


def compare_indexing(
    plan: Plan, contenders: Contenders, folder: Path, progress: Callable[[int], object]
) -> list[Figure]:
    """Return how fast the sample is indexed end to end and encoded, and how fast the plain encoder encodes it."""
    passages = plan.sample
    texts = [SPLITTING.to_encode(passage) for passage in passages]
    source = folder / "sample.jsonl"
    write_articles(list({passage.article.id: passage.article for passage in plan.sample}.values()), source)
    ways = {
        "Pressmark, end to end": lambda: _index_once(source, contenders.encoder, folder),
        "Pressmark, encoding alone": lambda: contenders.encoder.encode_passages(texts),
        "SentenceTransformer.encode, float32": lambda: contenders.plain_encode(texts),
    }
    seconds = time_in_turn(ways, plan.runs, lambda: progress(len(passages)))
    return rate_figures("Indexing", seconds, len(passages), "SentenceTransformer.encode, float32")


def compare_reading(
    plan: Plan, contenders: Contenders, archive: Archive, settings: Settings, progress: Callable[[int], object]
) -> list[Figure]:
    """Return how fast the reader reads the hits of the questions, and how fast the plain reader reads the same."""
    hits = {
        question: [hit.passage for hit in retrieve(archive, question, Filter(), settings).hits]
        for question in questions_about(plan.sample, QUESTIONS)
    }
    count = sum(map(len, hits.values()))
    ways = {
        "Pressmark, int8": lambda: [contenders.reader.read(*asked) for asked in hits.items()],
        "Hugging Face, float32": lambda: [contenders.plain_read(*asked) for asked in hits.items()],
    }
    seconds = time_in_turn(ways, plan.runs, lambda: progress(count))
    return rate_figures("Reading", seconds, count, "Hugging Face, float32")


def benchmark_results(
    data: str, provenance: Provenance, notes: Sequence[str], figures: Sequence[Figure], stages: Sequence[Grown]
) -> Results:
    """Return everything a benchmark found; the latency is that of the largest archive."""
    return Results(
        kind=Kind.BENCHMARK,
        data=data,
        provenance=provenance,
        notes=tuple(notes),
        figures=tuple(figures),
        questions=(),
        values={},
        latency=stages[-1].served.latency,
        growth=growth_lines(stages),
    )


def machine() -> dict[str, str]:
    """Return what was measured on: versions, processor, cores this process may use, memory in gigabytes."""
    cpuinfo = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8")) if cpuinfo.is_file() else None
    facts = {"processor": named[1] if named else platform.processor(), "cores": str(onnx_models.cores())}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        facts["memory"] = f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1e9:.1f} GB"
    return versions(*PACKAGES) | facts


def _measure_step(
    folder: Path, step: GrowthStep, plan: Plan, contenders: Contenders, progress: Callable[[int], object]
) -> Grown:
    """Grow the archive by a step and return what was measured of it then, closed: its journal is written back."""
    with closing(Archive(folder, contenders.encoder)) as archive:
        before = archive.store.counts().passages
        seconds = grow(archive, step, progress)
        passages = archive.store.counts().passages
    return _measure(folder, (passages - before) / seconds, plan, contenders, progress)


def _measure(
    folder: Path, rate: float | None, plan: Plan, contenders: Contenders, progress: Callable[[int], object]
) -> Grown:
    """Return what is measured of a closed archive; `rate`: passages a second that it grew by, None if not measured."""
    with closing(Archive(folder, contenders.encoder)) as archive:
        passages = archive.store.counts().passages
    disk = disk_use(folder)
    questions = questions_about(plan.sample, QUESTIONS)
    cold = [contenders.start_cold(folder, questions[run % len(questions)]) for run in range(plan.runs)]
    served = contenders.serve(folder, questions, plan.runs)
    progress((plan.runs + 1) * len(questions) * min(plan.k, passages))
    return Grown(passages, rate, median(cold), disk, served)


def _index_once(source: Path, encoder: Encoder, folder: Path) -> None:
    """Index a file into an archive of its own, and delete it."""
    with (
        TemporaryDirectory(dir=folder) as temporary,
        closing(Archive.create(Path(temporary) / "archive", encoder)) as archive,
    ):
        index_paths(archive, [source], lambda _: None)
