"""The vector index: exact inner products by FAISS, a cache of the vectors in the database."""

import json
import os
import threading
import zlib
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.types import Ranking, Stamp, Vectors

Numbers = NDArray[np.int64]


class VectorIndex:
    """Unit vectors by passage number. On disk: one JSON line with stamp and checksum, then FAISS's own bytes."""

    def __init__(self, dimension: int, stamp: Stamp) -> None:
        self.stamp = stamp
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._lock = threading.Lock()

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
            stamp = Stamp(known["archive"], known["generation"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a vector index") from error
        if zlib.crc32(body) != known.get("crc32") or known.get("dimension") != dimension:
            raise ValueError(f"{path} is damaged, or holds vectors of another encoder")
        index = cls(dimension, stamp)
        index._index = faiss.deserialize_index(np.frombuffer(body, dtype=np.uint8))
        return index

    def save(self, path: Path) -> None:
        """Write the index to `path`, whole or not at all."""
        body = faiss.serialize_index(self._index).tobytes()
        header = {
            "archive": self.stamp.archive,
            "generation": self.stamp.generation,
            "dimension": self._index.d,
            "crc32": zlib.crc32(body),
        }
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(json.dumps(header).encode() + b"\n")
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def remove(self, numbers: Numbers) -> None:
        """Take vectors out; numbers that are not in it are passed over."""
        with self._lock:
            if len(numbers) and len(self):
                self._index.remove_ids(numbers)

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Put vectors in, shape (len(numbers), dimension)."""
        with self._lock:
            if len(numbers):
                self._index.add_with_ids(np.ascontiguousarray(vectors), numbers)

    def held(self) -> tuple[Numbers, Vectors]:
        """Return the numbers of all vectors in it, and the vectors, shape (len(numbers), dimension), in that order."""
        numbers = faiss.vector_to_array(self._index.id_map).astype(np.int64)
        flat = faiss.downcast_index(self._index.index)
        vectors = flat.reconstruct_n(0, flat.ntotal) if flat.ntotal else np.zeros((0, self._index.d), np.float32)
        return numbers, vectors

    def search(self, vector: Vectors, k: int, allowed: Numbers | None = None) -> Ranking:
        """Return the k passages whose vectors have the highest inner products with `vector`, shape (1, dimension).

        The scores are cosines, in [-1, 1]. With `allowed`, only those passages compete: the ranking has
        min(k, len(allowed)) of them.
        """
        with self._lock:
            k = min(k, len(self) if allowed is None else len(allowed))
            if k == 0:
                return Ranking.empty()
            parameters = None if allowed is None else _only(allowed)
            scores, numbers = self._index.search(vector, k, params=parameters)
        found = numbers[0] >= 0
        return Ranking(numbers[0][found], scores[0][found])


def read_stamp(path: Path) -> Stamp | None:
    """Return what the index saved at `path` says that it holds; None if there is none, or it cannot be told."""
    try:
        with path.open("rb") as file:
            known = json.loads(file.readline(1000))
        return Stamp(known["archive"], known["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _only(allowed: Numbers) -> Any:
    """Return FAISS's search parameters that let only these passages compete."""
    parameters: Any = faiss.SearchParameters
    return parameters(sel=faiss.IDSelectorBatch(allowed))
