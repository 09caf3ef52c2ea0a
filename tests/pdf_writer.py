"""PDFs as a layout program draws them: text at places, in any order; pictures, lines and frames."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
"""Helvetica's advance widths from U+0020 on, in thousandths of its size (Adobe, Core 14 AFM files)."""

WIDTHS = [int(width) for width in _WIDTHS.split()]


GREY = b"P5 1 1 255\n\x80"
"""A picture of one dot."""


def width_of(text: str, size: float) -> float:
    """Return the width of a text in Helvetica, in points."""
    return sum(WIDTHS[ord(letter) - 32] if 32 <= ord(letter) < 127 else 556 for letter in text) * size / 1000


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text as lines that are no wider; "¬" is where a word may be divided, and goes."""
    lines, line = [], ""
    for word in text.split():
        whole = word.replace("¬", "")
        if not line or width_of(f"{line} {whole}", size) <= width:
            line = f"{line} {whole}".strip()
            continue
        parts = word.split("¬")
        for cut in range(len(parts) - 1, 0, -1):
            head = "".join(parts[:cut]) + "-"
            if width_of(f"{line} {head}", size) <= width:
                lines.append(f"{line} {head}")
                line = "".join(parts[cut:])
                break
        else:
            lines.append(line)
            line = whole
    return [*lines, line]


@dataclass
class Page:
    """A page that is drawn on, A4 by default; `y` is upwards from the bottom, as PDF has it."""

    width: float = 595
    height: float = 842
    rotate: int = 0
    content: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float = 10, font: str = "F1", spaced: float = 0) -> None:
        """Draw a text; fonts are F1 (Helvetica), F2 (bold), F3 (italic). `spaced` goes into every blank."""
        self.content.append(f"BT /{font} {size} Tf {spaced:.3f} Tw 1 0 0 1 {x:.2f} {y:.2f} Tm {_string(text)} Tj ET")

    def turned(self, x: float, y: float, text: str, size: float = 6, matrix: str = "0 1 -1 0") -> None:
        """Draw a text that runs upwards, or another way."""
        self.content.append(f"BT /F1 {size} Tf 0 Tw {matrix} {x:.2f} {y:.2f} Tm {_string(text)} Tj ET")

    def raw(self, operators: str) -> None:
        """Draw what is not drawn above."""
        self.content.append(operators)

    def line(self, left: float, bottom: float, right: float, top: float) -> None:
        """Draw a straight line."""
        self.content.append(f"q 0.5 w {left} {bottom} m {right} {top} l S Q")

    def frame(self, left: float, bottom: float, right: float, top: float) -> None:
        """Draw a frame."""
        self.content.append(f"q 0.5 w {left} {bottom} {right - left} {top - bottom} re S Q")

    def picture(self, left: float, bottom: float, right: float, top: float) -> None:
        """Draw a grey picture."""
        self.content.append(f"q {right - left} 0 0 {top - bottom} {left} {bottom} cm /Im1 Do Q")

    def lines(self, x: float, y: float, lines: Iterable[str], size: float = 10, font: str = "F1") -> float:
        """Draw lines below each other, and return where the next one would stand."""
        for line in lines:
            self.text(x, y, line, size, font)
            y -= 1.25 * size
        return y

    def column(
        self, x: float, y: float, width: float, paragraphs: Sequence[str], size: float = 10, justified: bool = False
    ) -> float:
        """Draw paragraphs in a column, each first line indented but the first, and return where it goes on."""
        for number, paragraph in enumerate(paragraphs):
            indent = 0.0 if number == 0 else 1.2 * size
            lines = wrapped(paragraph, width - indent, size)
            for place, line in enumerate(lines):
                blanks, room = line.count(" "), width - indent - width_of(line, size)
                spaced = room / blanks if justified and blanks and place < len(lines) - 1 else 0
                self.text(x + (indent if place == 0 else 0), y, line, size, spaced=spaced)
                y -= 1.2 * size
        return y


def written(pages: Sequence[Page], title: str = "", author: str = "", picture: bytes = GREY) -> bytes:
    """Return a PDF; `picture` is what `Page.picture` draws, in the form PGM."""
    width, height = map(int, picture.split(None, 3)[1:3])
    dots = zlib.compress(picture[-width * height :]).decode("latin-1")
    count = len(pages)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{' '.join(f'{8 + 2 * n} 0 R' for n in range(count))}] >>",
        *(_font(name) for name in ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique")),
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 "
        f"/ColorSpace /DeviceGray /Length {len(dots)} /Filter /FlateDecode >>\nstream\n{dots}\nendstream",
        f"<< /Title {_string(title)} /Author {_string(author)} /CreationDate (D:20230502081500) >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] /Rotate {page.rotate} "
            f"/Contents {9 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> "
            f"/XObject << /Im1 6 0 R >> >> >>"
        )
        objects.append(stream_of("\n".join(page.content)))
    return file_of(objects)


def _font(name: str) -> str:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"


def _string(text: str) -> str:
    return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"


def stream_of(content: str, fields: str = "") -> str:
    """Return a packed stream, with more fields in its dictionary."""
    packed = zlib.compress(content.encode("cp1252")).decode("latin-1")
    return f"<< /Length {len(packed)} /Filter /FlateDecode {fields} >>\nstream\n{packed}\nendstream"


def file_of(objects: Sequence[str]) -> bytes:
    """Return a PDF of objects: its catalogue is the first one, and its properties are the seventh."""
    data = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}{trailer}".encode("latin-1")
