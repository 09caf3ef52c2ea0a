"""How alike two texts are, by the words they share in a row, and what finds those that may be alike."""

import re
from hashlib import blake2b

import numpy as np
import rensa
from numpy.typing import NDArray

from embeddings.folding import fold

Shingles = NDArray[np.uint64]
"""The hashes of all runs of SHINGLE words in a text, each once, ascending; shape (shingles,)."""

Minima = NDArray[np.uint32]
"""Of each of BANDS * ROWS permutations of all shingles, the first one that a text has; shape (BANDS * ROWS,)."""

SHINGLE = 3
"""Words in a row. Two and four tell copies apart as well, as docs/copies.md shows."""

LEAST_RESEMBLANCE = 0.25
"""Copies share at least this part of the shingles that either has: Jaccard's index, in [0, 1]. Below it the bands below
find half of the pairs or less."""

LEAST_CONTAINMENT = 0.6
"""Copies share at least this part of the shingles of the shorter one, in [0, 1]. Less would take daily overviews of
one outlet for copies, more would miss short copies with many changes: see docs/copies.md."""

SHORT_SHINGLES = 20
"""Texts with fewer shingles are copies only if they have the same ones: one number can make another story of them."""

READ_CHARACTERS = 200_000
"""Characters of a text that are compared: its beginning."""

BANDS = 42
ROWS = 3
"""Texts are compared if one of 42 bands of 3 minima agrees: with resemblance s that is so with 1 − (1 − s³)⁴²,
0.48 for 0.25, 0.94 for 0.4, 0.996 for 0.5 (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4)."""

SEED = 20221019
"""Of the permutations: bands that are stored were made with it."""

_WORDS = re.compile(r"\w+")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def shingles(text: str) -> Shingles:
    """Return the shingles of a text, whatever its case, marks and spaces; a text of fewer words is one shingle.

    A script without spaces is compared by what stands between its marks.
    """
    words = _WORDS.findall(fold(text[:READ_CHARACTERS]).text.casefold())
    hashes = np.array(rensa.RMinHash.hash_token_sets([words])[0], dtype=np.uint64)
    length = min(SHINGLE, len(hashes))
    mixed = np.zeros(len(hashes) - length + 1 if length else 0, dtype=np.uint64)
    for place in range(length):
        mixed = (mixed ^ hashes[place : place + len(mixed)]) * _MIX
        mixed ^= mixed >> _SHIFT
    return np.unique(mixed)


def bands(of: Shingles) -> list[int]:
    """Return BANDS numbers, of 64 bits with a sign: alike texts have some in common. None for a text without words.

    MinHash (Broder 1997): of each of many permutations of all shingles, the first one that the text has.
    """
    if not len(of):
        return []
    rows = minima(of).reshape(BANDS, ROWS)
    return [_number(bytes([band]) + row.tobytes()) for band, row in enumerate(rows)]


def minima(of: Shingles) -> Minima:
    """Return the MinHash signature of a text with words: the part of it that two texts share estimates resemblance."""
    ends = np.array([0, len(of)], dtype=np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(of, ends, num_perm=BANDS * ROWS, seed=SEED)
    return np.array(matrix.to_rows()[0], dtype="<u4")


def are_copies(one: Shingles, other: Shingles) -> bool:
    """Return whether two texts are copies of each other: the same, with changes, or one of them cut."""
    shorter = min(len(one), len(other))
    if shorter < SHORT_SHINGLES:
        return shorter > 0 and np.array_equal(one, other)
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= LEAST_CONTAINMENT * shorter and shared >= LEAST_RESEMBLANCE * (len(one) + len(other) - shared)


def _number(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)
