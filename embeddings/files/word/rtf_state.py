"""How letters are set in an .rtf, and the words that say so."""

from dataclasses import dataclass
from enum import StrEnum

LETTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
SYMBOLS = {b"~": "\u00a0", b"_": "-", b"-": ""}
CODE_PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
SEEN = frozenset({"shpinst", "ud", "nesttableprops", "do", "footnote"})
"""Destinations that older programs are told to pass over, and that hold words of the page."""

_UNSEEN = (
    "colortbl pict header headerl headerr headerf footer footerl footerr footerf annotation atnid xe tc rxe txe "
    "fldinst sp shprslt pntext listtext nonshppict objclass objname objdata filetbl revtbl listtable listoverridetable "
    "rsidtbl generator themedata bkmkstart bkmkend latentstyles datastore private nonesttables ftnsep ftnsepc ftncn "
    "aftnsep aftnsepc aftncn pntxta pntxtb template datafield fldtype mmathPict"
)
"""Destinations of which nothing stands on the page."""

STORIES = ("footnote", "shptxt", "dptxbxtext")
"""Destinations with paragraphs of their own."""

DESTINATIONS = {*_UNSEEN.split(), *STORIES} | {"fonttbl", "stylesheet", "info", "title", "author", "ud", "upr"}
SIGNS = {0xB7: "•", 0x95: "•", 0xA7: "•", 0xD8: "•"}
"""Signs of fonts of symbols, as they stand before the items of lists."""

PARAGRAPH_ENDS = ("par", "sect", "page", "column")


FLAGS = {"v": "hidden", "deleted": "deleted", "mvf": "moved", "b": "bold"}
NUMBERS = {"f": "font", "fs": "size", "uc": "skip", "s": "style", "cs": "letter_style", "itap": "depth"}


class Kind(StrEnum):
    """Where the words of a group go."""

    WORDS = "words"
    FONTS = "fonts"
    STYLES = "styles"
    PROPERTIES = "properties"
    TITLE = "title"
    AUTHOR = "author"
    NOTHING = "nothing"


TABLES = {"fonttbl": Kind.FONTS, "stylesheet": Kind.STYLES, "info": Kind.PROPERTIES}


@dataclass(frozen=True, slots=True)
class State:
    """How letters are set in a group, and where they go."""

    kind: Kind = Kind.WORDS
    font: int | None = None
    skip: int = 1
    hidden: bool = False
    deleted: bool = False
    moved: bool = False
    bold: bool = False
    size: int = 24
    in_table: bool = False
    depth: int = 1
    style: int = 0
    letter_style: int = 0
    level: int | None = None

    @property
    def is_shown(self) -> bool:
        """Whether words stand on the page."""
        return self.kind is Kind.WORDS and not (self.hidden or self.deleted or self.moved)
