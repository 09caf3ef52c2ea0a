import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import vectors as vectors_module
from embeddings.types import Allowed, Numbers, Ranking, Stamp, Vectors
from embeddings.vectors import VectorIndex

STAMP = Stamp("an archive", 3)
DIMENSION = 4


def numbers(*values: int) -> Numbers:
    return np.array(values, dtype=np.int64)


def rows(*values: list[float]) -> Vectors:
    return np.array(values, dtype=np.float32).reshape(-1, DIMENSION)


def random_units(count: int, seed: int) -> Vectors:
    found = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def never(_numbers: Numbers) -> tuple[Numbers, Vectors]:
    """An exact index fetches nothing: it holds the vectors."""
    raise AssertionError("fetched")


def allowed_of(*values: int) -> Allowed:
    mask = np.zeros(max(values, default=-1) + 1, dtype=bool)
    mask[list(values)] = True
    return Allowed(mask)


def search(index: VectorIndex, vector: Vectors, k: int, allowed: Numbers | None = None) -> Ranking:
    return index.search(vector, k, never, None if allowed is None else allowed_of(*allowed.tolist()))


AXES = rows([1, 0, 0, 0], [0, 1, 0, 0], [0.6, 0.8, 0, 0])


@pytest.fixture
def index() -> VectorIndex:
    """Three vectors: 10 and 20 at right angles, 30 between them."""
    made = VectorIndex(DIMENSION, STAMP)
    made.add(numbers(10, 20, 30), AXES)
    return made


def test_search_returns_inner_products_best_first(index: VectorIndex) -> None:
    found = search(index, rows([1, 0, 0, 0]), 3)
    assert found.numbers.tolist() == [10, 30, 20]
    assert found.scores.tolist() == pytest.approx([1.0, 0.6, 0.0])


def test_search_returns_the_k_best(index: VectorIndex) -> None:
    assert search(index, rows([0, 1, 0, 0]), 2).numbers.tolist() == [20, 30]


@pytest.mark.parametrize("k", [3, 4, 1000])
def test_search_beyond_the_index_returns_all_and_no_padding(index: VectorIndex, k: int) -> None:
    assert sorted(search(index, rows([1, 0, 0, 0]), k).numbers.tolist()) == [10, 20, 30]


@pytest.mark.parametrize("allowed", [None, numbers(), numbers(10)], ids=["all", "none", "one"])
def test_search_of_an_empty_index_finds_nothing(allowed: Numbers | None) -> None:
    assert search(VectorIndex(DIMENSION, STAMP), rows([1, 0, 0, 0]), 5, allowed).numbers.tolist() == []


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (numbers(), []),
        (numbers(20), [20]),
        (numbers(20, 30), [30, 20]),
        (numbers(10, 20, 30), [10, 30]),
        (numbers(20, 999), [20]),
    ],
    ids=str,
)
def test_only_the_allowed_compete(index: VectorIndex, allowed: Numbers, expected: list[int]) -> None:
    assert search(index, rows([1, 0, 0, 0]), 2, allowed).numbers.tolist() == expected


def test_the_few_allowed_are_found_behind_many_nearer_ones() -> None:
    index = VectorIndex(DIMENSION, STAMP)
    near = np.repeat(rows([1, 0, 0, 0]), 300, axis=0)
    index.add(np.arange(300, dtype=np.int64), near)
    index.add(numbers(900, 901, 902), rows([-1, 0, 0, 0], [-0.6, 0.8, 0, 0], [0, 1, 0, 0]))
    assert search(index, rows([1, 0, 0, 0]), 3, numbers(900, 901, 902)).numbers.tolist() == [902, 901, 900]


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000))
def test_search_agrees_with_numpy(count: int, k: int, seed: int) -> None:
    vectors, query = random_units(count, seed), random_units(1, seed + 1)
    index = VectorIndex(DIMENSION, STAMP)
    index.add(np.arange(count, dtype=np.int64) * 7, vectors)
    expected = vectors @ query[0]
    order = np.argsort(-expected)[:k]
    found = search(index, query, k)
    assert found.scores.tolist() == pytest.approx(expected[order].tolist(), abs=1e-6)
    assert found.scores.tolist() == pytest.approx(expected[found.numbers // 7].tolist(), abs=1e-6)
    assert len(set(found.numbers.tolist())) == min(k, count)


@given(st.integers(1, 60), st.sets(st.integers(0, 59), min_size=1), st.integers(0, 1000))
def test_search_among_the_allowed_agrees_with_numpy(count: int, chosen: set[int], seed: int) -> None:
    vectors, query = random_units(count, seed), random_units(1, seed + 1)
    index = VectorIndex(DIMENSION, STAMP)
    index.add(np.arange(count, dtype=np.int64), vectors)
    allowed = numbers(*sorted(number for number in chosen if number < count))
    found = search(index, query, 10, allowed)
    expected = np.sort(-(vectors @ query[0])[allowed])[:10]
    assert found.scores.tolist() == pytest.approx((-expected).tolist(), abs=1e-6)
    assert set(found.numbers.tolist()) <= set(allowed.tolist())


def test_equal_vectors_are_all_found() -> None:
    index = VectorIndex(DIMENSION, STAMP)
    index.add(numbers(1, 2, 3), np.repeat(rows([1, 0, 0, 0]), 3, axis=0))
    found = search(index, rows([1, 0, 0, 0]), 3)
    assert sorted(found.numbers.tolist()) == [1, 2, 3]
    assert found.scores.tolist() == [1.0, 1.0, 1.0]


def test_removed_vectors_are_found_no_more(index: VectorIndex) -> None:
    index.remove(numbers(10, 999))
    assert search(index, rows([1, 0, 0, 0]), 3).numbers.tolist() == [30, 20]
    assert len(index) == 2


def test_removing_and_adding_nothing_changes_nothing(index: VectorIndex) -> None:
    index.remove(numbers())
    index.add(numbers(), rows())
    assert len(index) == 3


def test_a_number_can_be_put_in_again_with_another_vector(index: VectorIndex) -> None:
    index.remove(numbers(10))
    index.add(numbers(10), rows([0, 0, 1, 0]))
    assert search(index, rows([0, 0, 1, 0]), 1).numbers.tolist() == [10]


def test_saved_index_opens_with_the_same_hits_and_stamp(index: VectorIndex, tmp_path: Path) -> None:
    index.remove(numbers(20))
    index.save(tmp_path / "vectors.faiss")
    opened = VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION)
    query = rows([0.8, 0.6, 0, 0])
    before, after = search(index, query, 5), search(opened, query, 5)
    assert opened.stamp == STAMP
    assert (after.numbers.tolist(), after.scores.tolist()) == (before.numbers.tolist(), before.scores.tolist())


def test_saving_replaces_the_file_whole_and_leaves_no_draft(index: VectorIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "vectors.faiss")
    index.remove(numbers(10))
    index.save(tmp_path / "vectors.faiss")
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]
    assert len(VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION)) == 2


def test_an_empty_index_is_saved_and_opened(tmp_path: Path) -> None:
    VectorIndex(DIMENSION, STAMP).save(tmp_path / "vectors.faiss")
    assert len(VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION)) == 0


def test_opening_no_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION)


def test_opening_vectors_of_another_dimension_raises(index: VectorIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "vectors.faiss")
    with pytest.raises(ValueError, match=r"vectors\.faiss is damaged, or holds vectors of another encoder"):
        VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION + 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x89PNG\r\n\x1a\n\xff\xfe",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'{"archive": "a", "generation": 1}\n',
        json.dumps({"archive": "a", "generation": 1, "dimension": DIMENSION, "crc32": zlib.crc32(b"") + 1}).encode(),
    ],
)
def test_opening_another_file_raises(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"vectors\.faiss is"):
        VectorIndex.open(path, DIMENSION)


@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_opening_a_truncated_file_raises(index: VectorIndex, tmp_path: Path, left: float) -> None:
    path = tmp_path / "vectors.faiss"
    index.save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])
    with pytest.raises(ValueError, match=r"vectors\.faiss is"):
        VectorIndex.open(path, DIMENSION)


def test_opening_a_body_with_any_byte_flipped_raises(index: VectorIndex, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    index.save(path)
    content = path.read_bytes()
    body = content.index(b"\n") + 1
    opened = [place for place in range(body, len(content)) if opens(path, content, place)]
    assert opened == []


def opens(path: Path, content: bytes, place: int) -> bool:
    """Tell whether the file still opens with one bit of the byte at `place` turned over."""
    path.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
    try:
        VectorIndex.open(path, DIMENSION)
    except ValueError:
        return False
    return True


MANY, WIDE = 3000, 16


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> tuple[VectorIndex, Vectors]:
    """An index that no longer compares every vector, and the vectors, numbered from 0."""
    monkeypatch.setattr(vectors_module, "EXACT_BELOW", 500)
    monkeypatch.setattr(vectors_module, "FEW", 20)
    random = np.random.default_rng(5)
    centres = random.normal(size=(40, WIDE))
    found = (centres[random.integers(0, 40, MANY)] + 0.5 * random.normal(size=(MANY, WIDE))).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    index = VectorIndex.for_count(WIDE, STAMP, MANY, lambda count: found[:count])
    index.add(np.arange(MANY, dtype=np.int64), found)
    return index, found


def fetched(vectors: Vectors, numbers: Numbers) -> tuple[Numbers, Vectors]:
    return numbers, vectors[numbers]


def recall(index: VectorIndex, vectors: Vectors, allowed: Allowed | None = None) -> float:
    """Return the share of the ten nearest that a search finds, over the first 50 vectors; scores must be exact."""
    competing = np.arange(len(vectors)) if allowed is None else allowed.numbers
    shares = []
    for vector in vectors[:50]:
        found = index.search(vector[None], 10, lambda numbers: fetched(vectors, numbers), allowed)
        assert found.scores.tolist() == pytest.approx((vectors[found.numbers] @ vector).tolist(), abs=1e-6)
        assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
        nearest = competing[np.argsort(-(vectors[competing] @ vector), kind="stable")[:10]]
        shares.append(len(set(nearest.tolist()) & set(found.numbers.tolist())) / len(nearest))
    return float(np.mean(shares))


def test_a_large_index_finds_nearly_all_and_scores_exactly(large: tuple[VectorIndex, Vectors]) -> None:
    index, vectors = large
    assert not index.is_exact
    assert len(index) == MANY
    assert recall(index, vectors) >= 0.97


@pytest.mark.parametrize("every", [2, 10, 100, 1000])
def test_a_large_index_finds_what_a_filter_lets_through(large: tuple[VectorIndex, Vectors], every: int) -> None:
    index, vectors = large
    assert recall(index, vectors, allowed_of(*range(1, MANY, every))) >= 0.97


def test_a_large_index_looks_further_if_what_is_let_through_is_far_away(large: tuple[VectorIndex, Vectors]) -> None:
    index, vectors = large
    farthest = np.argsort(vectors @ vectors[0])[: MANY // 2]
    found = index.search(vectors[:1], 1000, lambda numbers: fetched(vectors, numbers), allowed_of(*farthest.tolist()))
    assert len(found.numbers) == 1000
    assert set(found.numbers.tolist()) <= set(farthest.tolist())


def test_what_is_taken_out_of_a_large_index_is_found_no_more(large: tuple[VectorIndex, Vectors]) -> None:
    index, vectors = large
    index.remove(np.arange(0, MANY, 2, dtype=np.int64))
    assert sorted(index.numbers().tolist()) == list(range(1, MANY, 2))
    odd = index.search(vectors[:1], 10, lambda numbers: fetched(vectors, numbers)).numbers
    assert (odd % 2 == 1).all()
    index.add(numbers(0), vectors[:1])
    assert index.search(vectors[:1], 1, lambda numbers: fetched(vectors, numbers)).numbers.tolist() == [0]


def test_a_large_index_is_saved_and_opened(large: tuple[VectorIndex, Vectors], tmp_path: Path) -> None:
    index, vectors = large
    index.save(tmp_path / "vectors.faiss")
    assert (tmp_path / "vectors.faiss").stat().st_size < vectors.nbytes
    opened = VectorIndex.open(tmp_path / "vectors.faiss", WIDE)
    assert (opened.is_exact, len(opened), opened.stamp) == (False, MANY, STAMP)
    assert recall(opened, vectors) == recall(index, vectors)


def test_an_index_fits_from_half_to_twice_what_it_was_made_for(large: tuple[VectorIndex, Vectors]) -> None:
    index, _ = large
    assert [index.fits(count) for count in (200, 251, MANY, 5999, 6000)] == [False, True, True, True, False]
    exact = VectorIndex.for_count(WIDE, STAMP, 500, lambda _: np.zeros((0, WIDE), np.float32))
    assert exact.is_exact
    assert [exact.fits(count) for count in (0, 500, 501)] == [True, True, False]


def test_a_dimension_that_cannot_be_paired_has_a_code_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "EXACT_BELOW", 10)
    vectors = np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32)
    index = VectorIndex.for_count(5, STAMP, 300, lambda count: vectors[:count])
    index.add(np.arange(300, dtype=np.int64), vectors)
    assert recall(index, vectors) >= 0.9
