"""Where glyphs stand on a page as it is seen, whichever way page and text are turned."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from embeddings.files.pdf.glyphs import Glyph


class Found(NamedTuple):
    """A glyph as the engine has it: its box and origin in the page's own measure, the way it runs in degrees."""

    text: str
    box: tuple[float, float, float, float]
    origin: tuple[float, float]
    size: float
    bold: bool
    unseen: bool
    way: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a page that is seen, as (left, bottom, right, top), and how it is turned: degrees, with the clock."""

    left: float
    bottom: float
    right: float
    top: float
    angle: int = 0

    @classmethod
    def of(cls, page: Any) -> "Frame":
        """Return the frame of an open page."""
        left, bottom, right, top = page.get_cropbox()
        return cls(min(left, right), min(bottom, top), max(left, right), max(bottom, top), page.get_rotation() % 360)

    @property
    def width(self) -> float:
        """How wide it is as it is seen."""
        return self.top - self.bottom if self.angle in (90, 270) else self.right - self.left

    @property
    def height(self) -> float:
        """How high it is as it is seen."""
        return self.right - self.left if self.angle in (90, 270) else self.top - self.bottom

    def turned(self, way: int) -> "Frame":
        """Return the frame in which text that runs `way`, counter to the clock, is upright."""
        return Frame(self.left, self.bottom, self.right, self.top, way % 360)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point of the page is seen."""
        return self.left - 1 <= x <= self.right + 1 and self.bottom - 1 <= y <= self.top + 1

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a point in this frame: from its upper left corner, downwards."""
        if self.angle == 0:
            return x - self.left, self.top - y
        if self.angle == 90:
            return y - self.bottom, x - self.left
        if self.angle == 180:
            return self.right - x, y - self.bottom
        if self.angle == 270:
            return self.top - y, self.right - x
        slope = math.radians(self.angle)
        cos, sin = math.cos(slope), math.sin(slope)
        return x * cos + y * sin, x * sin - y * cos

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Return a box in this frame as left, top, right, bottom."""
        one, other = self.at(left, bottom), self.at(right, top)
        return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])

    def glyph(self, found: Found) -> Glyph:
        """Return a glyph with its place in this frame."""
        left, _, right, _ = self.box(*found.box)
        x, base = self.at(*found.origin)
        if self.angle % 90:
            left, right = x, x + 0.5 * found.size
        return Glyph(found.text, left, right, base, found.size, found.bold)
