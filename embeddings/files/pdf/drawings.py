"""What is drawn on a page besides text: pictures, lines and frames."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from embeddings.files.pdf.frames import Frame

MAX_OBJECTS = 20_000
"""Drawings and pictures of a page that are looked at; of one with more, those that come first."""

MAX_NESTED = 4
"""Forms within forms that are looked into."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page besides text: see RawPage."""

    rules: list[tuple[float, float, float, float]]
    boxes: list[tuple[float, float, float, float]]
    pictured: float
    count: int


def drawn_on(page: Any, frame: Frame) -> Drawn:
    """Return what is drawn on an open page, in a frame's measure."""
    import pypdfium2.raw as engine

    rules, boxes, covered, count = [], [], 0.0, 0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for kind, item in _objects(page):
        if not engine.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            continue
        place = frame.box(left.value, bottom.value, right.value, top.value)
        wide = min(place[2], frame.width) - max(place[0], 0.0)
        high = min(place[3], frame.height) - max(place[1], 0.0)
        if kind == engine.FPDF_PAGEOBJ_IMAGE:
            covered += max(0.0, wide) * max(0.0, high)
        elif kind == engine.FPDF_PAGEOBJ_PATH:
            count += 1
            if min(wide, high) < 3 and max(wide, high) > 30:
                rules.append(place)
            elif min(wide, high) > 30 and wide * high < 0.6 * frame.width * frame.height:
                boxes.append(place)
    return Drawn(rules[:200], boxes[:200], min(1.0, covered / max(1.0, frame.width * frame.height)), count)


def _objects(page: Any) -> Iterator[tuple[int, Any]]:
    """Yield the drawings and pictures of a page, also those in forms, whose places are told in the form's measure."""
    import pypdfium2.raw as engine

    left = MAX_OBJECTS
    waiting = [(engine.FPDFPage_CountObjects, engine.FPDFPage_GetObject, page, 0)]
    while waiting and left > 0:
        counted, got, owner, depth = waiting.pop()
        for index in range(min(counted(owner), left)):
            left -= 1
            item = got(owner, index)
            kind = engine.FPDFPageObj_GetType(item)
            if kind == engine.FPDF_PAGEOBJ_FORM and depth < MAX_NESTED:
                waiting.append((engine.FPDFFormObj_CountObjects, engine.FPDFFormObj_GetObject, item, depth + 1))
            yield kind, item
