"""Pages that are pictures, read by machine: Tesseract, where it is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median

from embeddings.files.drafts import UnreadableError
from embeddings.files.pdf.glyphs import Word

PER_INCH = 300
"""Dots to the inch that a page is drawn with; what Tesseract's makers advise."""

SECONDS = 180
"""Seconds that one page may take; a page of a newspaper takes ten."""

LEAST_SURE = 0.4
"""Mean confidence below which what was recognised is no text: a photograph, a pattern."""

LEAST_WORDS = 3
"""Words that are recognised at least, or there is no text."""

CURE = "recognise their text (OCR) first, or install tesseract (Debian: tesseract-ocr) and index them again"
"""What to do about pictures where no engine is installed."""

_HEIGHT = 0.93
"""The height of a line with tall letters and letters below the line, in sizes."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read on a picture: words, measures in points as in `RawPage`, and the mean confidence in [0, 1]."""

    words: list[Word]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Box:
    """A word as the engine gives it: pixels from the upper left corner, confidence in [0, 100]."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float


def is_installed() -> bool:
    """Return whether there is an engine."""
    return shutil.which("tesseract") is not None


def recognised(picture: bytes, height: float) -> Recognised | None:
    """Return what stands on a page's picture in the form PGM, None for no text; `height` is the page's, in points.

    Raises:
        UnreadableError: if the engine fails or takes too long.
    """
    command = ["tesseract", "stdin", "stdout", "--dpi", str(PER_INCH), "--psm", "3", "tsv"]
    alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=picture, capture_output=True, timeout=SECONDS, check=True, env=alone)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(f"takes tesseract longer than {SECONDS} seconds") from error
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error).encode()
        raise UnreadableError(f"cannot be read by tesseract: {said.decode(errors='replace').strip()[:200]}") from error
    lines = list(_lines(done.stdout.decode("utf-8", "replace")))
    boxes = [box for line in lines for box in line]
    if len(boxes) < LEAST_WORDS or (sure := mean(box.confidence for box in boxes) / 100) < LEAST_SURE:
        return None
    return Recognised(_words(lines, height / int(picture.split(None, 3)[2])), sure)


def _lines(table: str) -> Iterator[list[_Box]]:
    """Yield the words of each line of the engine's table of tab-separated values."""
    lines: dict[tuple[str, ...], list[_Box]] = {}
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) < 12 or fields[0] != "5" or not fields[11].strip():
            continue
        left, top, width, height = map(int, fields[6:10])
        box = _Box(fields[11].strip(), left, top, left + width, top + height, float(fields[10]))
        lines.setdefault(tuple(fields[1:5]), []).append(box)
    yield from lines.values()


def _words(lines: Sequence[Sequence[_Box]], scale: float) -> list[Word]:
    """Return the words of lines, those of a line on one baseline and in one size, in points."""
    heights = [max(box.bottom - box.top for box in line) / _HEIGHT for line in lines]
    body = median(height for height, line in zip(heights, lines, strict=True) for _ in line)
    words = []
    for height, line in zip(heights, lines, strict=True):
        size = (body if 0.7 < height / body < 1.2 else height) * scale
        bottoms = sorted(box.bottom for box in line)
        base = bottoms[len(bottoms) // 3] * scale
        words += [Word(box.text, box.left * scale, box.right * scale, base, size) for box in line]
    return words
