import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.types import Stamp, Vectors
from embeddings.vectors import Numbers, VectorIndex

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


AXES = rows([1, 0, 0, 0], [0, 1, 0, 0], [0.6, 0.8, 0, 0])


@pytest.fixture
def index() -> VectorIndex:
    """Three vectors: 10 and 20 at right angles, 30 between them."""
    made = VectorIndex(DIMENSION, STAMP)
    made.add(numbers(10, 20, 30), AXES)
    return made


def test_search_returns_inner_products_best_first(index: VectorIndex) -> None:
    found = index.search(rows([1, 0, 0, 0]), 3)
    assert found.numbers.tolist() == [10, 30, 20]
    assert found.scores.tolist() == pytest.approx([1.0, 0.6, 0.0])


def test_search_returns_the_k_best(index: VectorIndex) -> None:
    assert index.search(rows([0, 1, 0, 0]), 2).numbers.tolist() == [20, 30]


@pytest.mark.parametrize("k", [3, 4, 1000])
def test_search_beyond_the_index_returns_all_and_no_padding(index: VectorIndex, k: int) -> None:
    assert sorted(index.search(rows([1, 0, 0, 0]), k).numbers.tolist()) == [10, 20, 30]


@pytest.mark.parametrize("allowed", [None, numbers(), numbers(10)], ids=["all", "none", "one"])
def test_search_of_an_empty_index_finds_nothing(allowed: Numbers | None) -> None:
    assert VectorIndex(DIMENSION, STAMP).search(rows([1, 0, 0, 0]), 5, allowed).numbers.tolist() == []


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
    assert index.search(rows([1, 0, 0, 0]), 2, allowed).numbers.tolist() == expected


def test_the_few_allowed_are_found_behind_many_nearer_ones() -> None:
    index = VectorIndex(DIMENSION, STAMP)
    near = np.repeat(rows([1, 0, 0, 0]), 300, axis=0)
    index.add(np.arange(300, dtype=np.int64), near)
    index.add(numbers(900, 901, 902), rows([-1, 0, 0, 0], [-0.6, 0.8, 0, 0], [0, 1, 0, 0]))
    assert index.search(rows([1, 0, 0, 0]), 3, numbers(900, 901, 902)).numbers.tolist() == [902, 901, 900]


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000))
def test_search_agrees_with_numpy(count: int, k: int, seed: int) -> None:
    vectors, query = random_units(count, seed), random_units(1, seed + 1)
    index = VectorIndex(DIMENSION, STAMP)
    index.add(np.arange(count, dtype=np.int64) * 7, vectors)
    expected = vectors @ query[0]
    order = np.argsort(-expected)[:k]
    found = index.search(query, k)
    assert found.scores.tolist() == pytest.approx(expected[order].tolist(), abs=1e-6)
    assert found.scores.tolist() == pytest.approx(expected[found.numbers // 7].tolist(), abs=1e-6)
    assert len(set(found.numbers.tolist())) == min(k, count)


@settings(deadline=None)
@given(st.integers(1, 60), st.sets(st.integers(0, 59), min_size=1), st.integers(0, 1000))
def test_search_among_the_allowed_agrees_with_numpy(count: int, chosen: set[int], seed: int) -> None:
    vectors, query = random_units(count, seed), random_units(1, seed + 1)
    index = VectorIndex(DIMENSION, STAMP)
    index.add(np.arange(count, dtype=np.int64), vectors)
    allowed = numbers(*sorted(number for number in chosen if number < count))
    found = index.search(query, 10, allowed)
    expected = np.sort(-(vectors @ query[0])[allowed])[:10]
    assert found.scores.tolist() == pytest.approx((-expected).tolist(), abs=1e-6)
    assert set(found.numbers.tolist()) <= set(allowed.tolist())


def test_equal_vectors_are_all_found() -> None:
    index = VectorIndex(DIMENSION, STAMP)
    index.add(numbers(1, 2, 3), np.repeat(rows([1, 0, 0, 0]), 3, axis=0))
    found = index.search(rows([1, 0, 0, 0]), 3)
    assert sorted(found.numbers.tolist()) == [1, 2, 3]
    assert found.scores.tolist() == [1.0, 1.0, 1.0]


def test_removed_vectors_are_found_no_more(index: VectorIndex) -> None:
    index.remove(numbers(10, 999))
    assert index.search(rows([1, 0, 0, 0]), 3).numbers.tolist() == [30, 20]
    assert len(index) == 2


def test_removing_and_adding_nothing_changes_nothing(index: VectorIndex) -> None:
    index.remove(numbers())
    index.add(numbers(), rows())
    assert len(index) == 3


def test_a_number_can_be_put_in_again_with_another_vector(index: VectorIndex) -> None:
    index.remove(numbers(10))
    index.add(numbers(10), rows([0, 0, 1, 0]))
    assert index.search(rows([0, 0, 1, 0]), 1).numbers.tolist() == [10]


def test_saved_index_opens_with_the_same_hits_and_stamp(index: VectorIndex, tmp_path: Path) -> None:
    index.remove(numbers(20))
    index.save(tmp_path / "vectors.faiss")
    opened = VectorIndex.open(tmp_path / "vectors.faiss", DIMENSION)
    query = rows([0.8, 0.6, 0, 0])
    before, after = index.search(query, 5), opened.search(query, 5)
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
