"""Styles of a .docx: what they hide, and which are headings."""

import re
from dataclasses import dataclass, replace

from embeddings.files.word.names import is_on, short, value
from embeddings.files.word.xml_parts import Handler

_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|nagłówek|заголовок|başlık|başlıq) ([1-9])", re.IGNORECASE
)
_TITLES = ("title", "titel", "titre", "título", "titolo", "tytuł", "название", "konu başlığı")
_DEFAULT = " "
"""Stands for the style of paragraphs that name none."""


def outline_level(written: str) -> int:
    """Return the level of a line that an outline has at level "0" to "8": 2 to 10; 0 if it is text."""
    return int(written) + 2 if written.isdecimal() and int(written) < 9 else 0


def heading_level(style: str) -> int | None:
    """Return the level of a line in a style of this name: 1 for a title, 2 for a first heading; None for another."""
    heading = _HEADING.fullmatch(style.strip())
    return 1 if style.strip().lower() in _TITLES else int(heading[1]) + 1 if heading else None


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says itself; None where it leaves that to the style it is based on."""

    based_on: str = ""
    hidden: bool | None = None
    bold: bool | None = None
    size: int | None = None
    level: int | None = None


class Styles(Handler):
    """All styles of a file. A letter is set as it says itself, else its run's style, else its paragraph's."""

    def __init__(self) -> None:
        self._styles: dict[str, _Style] = {}
        self._whole: dict[str, _Style] = {"": _Style()}
        self._path: list[str] = [""]
        self._id = ""
        self._size = 20  # Word's own, where a file says nothing

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element of the part that holds the styles."""
        local, parent = short(name), self._path[-1]
        self._path.append(local)
        if local == "style":
            self._id = value(attributes, "styleId")
            self._styles[self._id] = _Style()
            if value(attributes, "type") == "paragraph" and value(attributes, "default") in ("1", "true", "on"):
                self._styles[_DEFAULT] = _Style(based_on=self._id)
        elif local == "sz" and "docDefaults" in self._path and value(attributes).isdecimal():
            self._size = int(value(attributes))
        elif self._id in self._styles and parent in ("style", "pPr", "rPr"):
            self._styles[self._id] = self._with(self._styles[self._id], local, attributes)

    def _with(self, style: _Style, local: str, attributes: dict[str, str]) -> _Style:
        """Return a style with what one more element of it says."""
        written = value(attributes)
        if local == "basedOn":
            return replace(style, based_on=written)
        if local == "name":
            level = heading_level(written)
            return style if level is None else replace(style, level=level)
        if local == "outlineLvl" and style.level is None:
            return replace(style, level=outline_level(written))
        if local == "vanish":
            return replace(style, hidden=is_on(attributes))
        if local == "b":
            return replace(style, bold=is_on(attributes))
        return replace(style, size=int(written)) if local == "sz" and written.isdecimal() else style

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._path.pop()
        if short(name) == "style":
            self._id = ""

    def hidden(self, own: bool | None, run: str, paragraph: str) -> bool:
        """Return whether letters are hidden, as they say themselves, their run's style or their paragraph's."""
        said = (own, self._of(run).hidden, self._paragraph(paragraph).hidden)
        return next((each for each in said if each is not None), False)

    def bold(self, own: bool | None, run: str, paragraph: str) -> bool:
        """Return whether letters are bold, likewise."""
        said = (own, self._of(run).bold, self._paragraph(paragraph).bold)
        return next((each for each in said if each is not None), False)

    def size(self, own: int | None, run: str, paragraph: str) -> int:
        """Return the type size of letters in half points, likewise."""
        said = (own, self._of(run).size, self._paragraph(paragraph).size)
        return next((each for each in said if each is not None), self._size)

    def level(self, paragraph: str) -> int:
        """Return the level of a paragraph of this style: 1 for a title, 2 for a first heading, 0 for text."""
        level = self._paragraph(paragraph).level
        return 0 if level is None else level

    def _paragraph(self, name: str) -> _Style:
        return self._of(name if name else _DEFAULT)

    def _of(self, name: str) -> _Style:
        """Return all that a style says, with what it is based on."""
        if name in self._whole:
            return self._whole[name]
        said, seen, at = _Style(), {""}, name
        while at in self._styles and at not in seen:
            seen.add(at)
            style = self._styles[at]
            said = _Style(
                style.based_on,
                said.hidden if said.hidden is not None else style.hidden,
                said.bold if said.bold is not None else style.bold,
                said.size if said.size is not None else style.size,
                said.level if said.level is not None else style.level,
            )
            at = style.based_on
        return self._whole.setdefault(name, said)
