"""Searching at scale: copies, the truth it is measured against, and the figures."""

from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from adding import add
from embeddings import vectors as vectors_module
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter
from fakes import FakeEncoder
from qa.evaluation.speed.growth import Served
from qa.evaluation.speed.scale import _leaving, _nearest, _snapshot, endless, measure_search, recall

pytestmark = pytest.mark.slow

LATENCY = {"total": {"p50": 1.0, "p95": 2.0, "p99": 3.0}}


def articles(count: int) -> list[Article]:
    return [
        Article(f"a{number}", f"Village{number} was rebuilt by team{number % 7}.", "", f"2023-01-{number % 28 + 1:02}")
        for number in range(count)
    ]


@pytest.fixture
def filled(archive: Archive) -> Archive:
    add(archive, articles(60))
    archive.refresh()
    return archive


def served(_folder: Path, _questions: Sequence[str], _runs: int) -> Served:
    return Served(LATENCY, 200_000_000)


def test_after_the_articles_come_copies_near_them(filled: Archive) -> None:
    with closing(_snapshot(filled.folder)) as state, closing(endless(state)) as found:
        real, copies = list(islice(found, 60)), list(islice(found, 60))
    assert [each.article.id for each in copies] == [f"a{number}~1" for number in range(60)]
    assert [each.article.text for each in copies] == [each.article.text for each in real]
    cosines = [float((copy.vectors * one.vectors).sum()) for copy, one in zip(copies, real, strict=True)]
    assert 0.85 < min(cosines) <= max(cosines) < 0.99
    assert np.linalg.norm(np.concatenate([copy.vectors for copy in copies]), axis=1) == pytest.approx(np.ones(60))


def test_an_empty_archive_has_no_copies(archive: Archive) -> None:
    with closing(_snapshot(archive.folder)) as state:
        assert list(endless(state)) == []


def test_the_nearest_are_those_of_a_double_loop(filled: Archive) -> None:
    vectors = FakeEncoder().encode_questions(["Who rebuilt village3?", "What did team5 do?"])
    only = Filter("2023-01-03", "2023-01-09")
    with closing(_snapshot(filled.folder)) as state:
        every, some = _nearest(state, vectors, [Filter(), only])
    for row in range(2):
        for best, filtered in ((every[row], Filter()), (some[row], only)):
            found = filled.search_vectors(vectors[row : row + 1], 10, filtered)  # exact: the archive is small
            assert best.tolist() == pytest.approx(found.scores.tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("found", "nearest", "expected"),
    [
        ([0.9, 0.5], [0.9, 0.5], 1.0),
        ([0.9, 0.4], [0.9, 0.5], 0.5),
        ([], [0.9], 0.0),
        ([0.5, 0.5], [0.5], 1.0),
        ([], [], 1.0),
    ],
)
def test_recall_by_scores(found: list[float], nearest: list[float], expected: float) -> None:
    assert recall(np.array(found, np.float32), np.array(nearest, np.float32)) == expected


@pytest.mark.parametrize(("share", "least", "most"), [(1.0, 1.0, 1.0), (0.5, 0.45, 0.6), (0.1, 0.05, 0.2)])
def test_a_filter_leaves_about_its_share(filled: Archive, share: float, least: float, most: float) -> None:
    with closing(_snapshot(filled.folder)) as state:
        allowed = state.allowed(_leaving(filled, share))
    assert least <= (1.0 if allowed is None else allowed.count / 60) <= most


def test_search_is_measured_at_each_size(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "EXACT_BELOW", 100)
    done: list[int] = []
    figures, curves = measure_search(filled.folder, (40, 150), FakeEncoder(), served, done.append)
    assert sum(done) == 150
    rows = [figure.row for figure in figures if figure.name == "recall@10"]
    assert rows[0] == "40 passages, 100 % let through"
    assert len(rows) == 10
    recall = {figure.row: figure.value for figure in figures if figure.name == "recall@10"}
    assert recall["40 passages, 100 % let through"] == 1.0  # exact
    assert recall["150 passages, 100 % let through"] >= 0.9
    assert curves["megabytes of memory, searching"] == {"server, peak": {40: 200.0, 150: 200.0}}
    assert set(curves["milliseconds a search, median"]) == {"vectors", "keywords"}
