"""The vector index: inner products by FAISS, a cache of the vectors in the database. Exact, until it is large."""

import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from embeddings.types import Allowed, Numbers, Ranking, Stamp, Vectors
from embeddings.writing import write_whole

Fetch = Callable[[Numbers], tuple[Numbers, Vectors]]
"""Passage numbers → those of them that the database has, and their vectors, shape (numbers, dimension)."""

EXACT_BELOW = 100_000
"""Vectors up to which every one is compared with the question; that takes 1.5 kB of memory for each."""

SAMPLED_VECTORS = 65_536
"""Vectors, drawn at random, that decide on the cells and the codes of a large index."""

CELL_BITS = 4
"""Bits of the code of two dimensions: 96 bytes a vector of 384 dimensions, and FAISS's fastest scan."""

PROBED = 10
"""Cells probed = nlist × max(PROBED / ∛n, LEAST_PROBED / N), at most all, where n of N passages compete: the nearest of
a few are far away.

150 questions on news over 100,200 and 275,248 passages, of which 0.2 to 100 % compete, find 99.1 % or more of their ten
nearest by PROBED alone; questions made of passages find less, which LEAST_PROBED is for.
"""

LEAST_PROBED = 250_000
"""Passages in the cells probed, at least, where there are as many: see PROBED."""

TAKEN = 2
"""As many times k passages are taken by their codes, and put in order by their vectors."""

LEAST_TAKEN = 200
"""Passages that are taken by their codes at least."""

FEW = 1200
"""Passages up to which every vector is taken from the database, if a filter leaves no more."""

OUTGROWN = 2
"""How many times what it was trained for an index may hold before cells and codes are made again."""


EXACT_SEARCH: Any = faiss.SearchParameters
CELL_SEARCH: Any = faiss.SearchParametersIVF
BITMAP: Any = faiss.IDSelectorBitmap
"""FAISS's classes, whose type hints are those of C++."""


class VectorIndex:
    """Unit vectors by passage number. Many threads may search one at once, while nobody changes it.

    On disk: one JSON line with stamp and checksum, then FAISS's own bytes.

    A trained index holds no vectors but codes, in cells: a search takes the passages whose codes are nearest, and puts
    them in order by their vectors, which it fetches from the database. So scores are always those of the vectors.
    Sources: Jégou, Douze & Schmid 2011, "Product Quantization for Nearest Neighbor Search"; André, Kermarrec & Le
    Scouarnec 2015, "Cache locality is not enough: High-Performance Nearest Neighbor Search with Product Quantization
    Fast Scan".
    """

    def __init__(self, dimension: int, stamp: Stamp) -> None:
        self.stamp = stamp
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._trained_for = 0

    @classmethod
    def for_count(cls, dimension: int, stamp: Stamp, count: int, sample: Callable[[int], Vectors]) -> "VectorIndex":
        """Return an empty index for about `count` vectors; `sample` draws some of them at random, at most a number."""
        made = cls(dimension, stamp)
        if count <= EXACT_BELOW:
            return made
        codes = dimension if dimension % 2 else dimension // 2  # one for two dimensions, if they can be paired
        cells = 2 ** round(math.log2(4 * math.sqrt(count)))
        index = faiss.IndexIVFPQFastScan(
            faiss.IndexFlatIP(dimension), dimension, cells, codes, CELL_BITS, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.niter = 10
        index.cp.max_points_per_centroid = 64
        index.cp.min_points_per_centroid = 1  # fewer than it likes are as many as there are
        index.train(np.ascontiguousarray(sample(SAMPLED_VECTORS)))
        made._index, made._trained_for = index, count
        return made

    @classmethod
    def open(cls, path: Path, dimension: int) -> "VectorIndex":
        """Return the index saved at `path`.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if the file is not whole, or holds vectors of another dimension.
        """
        header, _, body = path.read_bytes().partition(b"\n")
        try:
            known = json.loads(header)
            stamp, trained_for = Stamp(known["archive"], known["generation"]), int(known["trained_for"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a vector index") from error
        if zlib.crc32(body) != known.get("crc32") or known.get("dimension") != dimension:
            raise ValueError(f"{path} is damaged, or holds vectors of another encoder")
        index = cls(dimension, stamp)
        index._index = faiss.deserialize_index(np.frombuffer(body, dtype=np.uint8))
        index._trained_for = trained_for
        return index

    def save(self, path: Path) -> None:
        """Write the index to `path`, whole or not at all."""
        body = faiss.serialize_index(self._index).tobytes()
        header = {
            "archive": self.stamp.archive,
            "generation": self.stamp.generation,
            "dimension": self._index.d,
            "trained_for": self._trained_for,
            "crc32": zlib.crc32(body),
        }
        write_whole(path, json.dumps(header).encode() + b"\n", body)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def is_exact(self) -> bool:
        """Whether it holds the vectors themselves and compares every one."""
        return not self._trained_for

    def fits(self, count: int) -> bool:
        """Return whether it is made for `count` vectors: not for half as many, nor for twice as many."""
        if self.is_exact:
            return count <= EXACT_BELOW
        return OUTGROWN * count > EXACT_BELOW and count < OUTGROWN * self._trained_for

    def remove(self, numbers: Numbers) -> None:
        """Take vectors out; numbers that are not in it are passed over."""
        if len(numbers) and len(self):
            self._index.remove_ids(numbers)

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Put vectors in, shape (len(numbers), dimension)."""
        if len(numbers):
            self._index.add_with_ids(np.ascontiguousarray(vectors), numbers)

    def numbers(self) -> Numbers:
        """Return the numbers of all vectors in it."""
        if self.is_exact:
            found: Numbers = faiss.vector_to_array(self._index.id_map).astype(np.int64)
            return found
        lists = self._index.invlists
        cells = [(cell, size) for cell in range(self._index.nlist) if (size := lists.list_size(cell))]
        # In a cell the ids of the vectors come first, then those that fill up the last block of codes.
        parts = [faiss.rev_swig_ptr(lists.get_ids(cell), size).copy() for cell, size in cells]
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def held(self) -> tuple[Numbers, Vectors]:
        """Return the numbers of all vectors of an exact index, and the vectors, in that order."""
        flat = faiss.downcast_index(self._index.index)
        vectors = flat.reconstruct_n(0, flat.ntotal) if flat.ntotal else np.zeros((0, self._index.d), np.float32)
        return self.numbers(), vectors

    def search(self, vector: Vectors, k: int, fetch: Fetch, allowed: Allowed | None = None) -> Ranking:
        """Return the k passages whose vectors have the highest inner products with `vector`, shape (1, dimension).

        The scores are cosines, in [-1, 1]. With `allowed`, only those passages compete: the ranking has
        min(k, allowed.count) of them, or as many as the index holds of them.
        """
        if allowed is not None and allowed.count <= FEW and not self.is_exact:
            return _ranked(vector, allowed.numbers, k, fetch)
        k = min(k, len(self) if allowed is None else allowed.count)
        if k == 0:
            return Ranking.empty()
        selector = None if allowed is None else BITMAP(allowed.bits)  # which FAISS looks at as long as `allowed` lives
        if self.is_exact:
            only = None if selector is None else EXACT_SEARCH(sel=selector)
            scores, numbers = self._index.search(vector, k, params=only)
            found = numbers[0] >= 0
            return Ranking(numbers[0][found], scores[0][found])
        taken = self._nearest_codes(vector, k, self._probed(len(self) if allowed is None else allowed.count), selector)
        if len(taken) < k:  # what is let through lies in cells far away
            taken = self._nearest_codes(vector, k, int(self._index.nlist), selector)
        return _ranked(vector, np.sort(taken), k, fetch)

    def _nearest_codes(self, vector: Vectors, k: int, cells: int, selector: Any) -> Numbers:
        """Return the passages with the nearest codes in the nearest cells: several times k, if they hold as many."""
        parameters = CELL_SEARCH(nprobe=cells, sel=selector)
        _, numbers = self._index.search(vector, max(LEAST_TAKEN, TAKEN * k), params=parameters)
        found: Numbers = numbers[0][numbers[0] >= 0]
        return found

    def _probed(self, competing: int) -> int:
        """Return how many cells to look into if `competing` passages compete."""
        share = max(PROBED / math.cbrt(competing), LEAST_PROBED / len(self))
        return math.ceil(int(self._index.nlist) * min(1.0, share))


def _ranked(vector: Vectors, numbers: Numbers, k: int, fetch: Fetch) -> Ranking:
    """Return the k best of some passages by their vectors."""
    numbers, vectors = fetch(numbers)
    scores = vectors @ vector[0]
    best = np.lexsort((numbers, -scores))[:k]
    return Ranking(numbers[best], scores[best])


def read_stamp(path: Path) -> Stamp | None:
    """Return what the index saved at `path` says that it holds; None if there is none, or it cannot be told."""
    try:
        with path.open("rb") as file:
            known = json.loads(file.readline(1000))
        return Stamp(known["archive"], known["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
