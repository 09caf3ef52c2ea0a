"""The words of one part of a .docx, as its page shows them with all changes accepted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from embeddings.files.drafts import UnreadableError
from embeddings.files.pages import Line, PageBuilder, Row, flat
from embeddings.files.word.names import is_on, relation, short, value
from embeddings.files.word.styles import Styles, outline_level
from embeddings.files.word.xml_parts import Handler

_UNSEEN = (
    "del moveFrom delText instrText delInstrText sectPr sdtPr rt rPrChange pPrChange tblPrChange trPrChange tcPrChange "
    "tblGridChange sectPrChange numberingChange"
)
"""Elements of which nothing is shown; "rt" is how a word is to be pronounced, small above it."""

_HIDING = frozenset(_UNSEEN.split())

_MARKS = {
    "tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "",
}  # fmt: skip
"""What stands for elements in a run."""


@dataclass(slots=True)
class _Run:
    """How a run of letters is set."""

    style: str = ""
    hidden: bool | None = None
    bold: bool | None = None
    size: int | None = None
    is_mark: bool = False


@dataclass(slots=True)
class _Story:
    """What is being read at one level: the page, a table in it, or a text box."""

    kind: str
    builder: PageBuilder = field(default_factory=PageBuilder)
    style: str = ""
    level: int | None = None
    joined: bool = False
    run: _Run = field(default_factory=_Run)
    coded: list[bool] = field(default_factory=list)
    row_is_gone: bool = False
    cell_is_gone: bool = False

    def end_paragraph(self, level: int = 0) -> None:
        self.builder.end_paragraph(level, self.builder.cell if self.kind == "tbl" else None)


class Words(Handler):
    """Collects the words of a part: of the body, or of each note by its number."""

    def __init__(self, styles: Styles, imported: Callable[[str], list[Line] | None]) -> None:
        self.notes: dict[str, list[Line]] = {}
        self.noted: list[str] = []
        self.lacks_import = False
        self._styles = styles
        self._imported = imported
        self._path = [""]
        self._stories = [_Story("page")]
        self._unseen = 0
        self._chosen: list[bool] = []
        self._note = ""
        self._is_prompt = False

    def taken(self) -> list[Line | Row]:
        """Return the page that was read, and forget it."""
        builder = self._stories[0].builder
        page, builder.page = builder.page, []
        return page

    @property
    def _story(self) -> _Story:
        return self._stories[-1]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        local, parent = short(name), self._path[-1]
        self._path.append(local)
        if local in ("sdt", "showingPlcHdr"):
            self._is_prompt = local != "sdt"  # such as "Click here to enter text", in place of what was to be filled in
        if self._unseen or self._hides(local, parent, attributes):
            self._unseen += 1
        elif local in _MARKS and parent == "r":
            self._add(_MARKS[local])
        elif parent in ("rPr", "pPr", "trPr", "tcPr") or local in ("r", "m:r", "p"):
            self._formatted(local, parent, attributes)
        else:
            self._opened(local, attributes)

    def _hides(self, local: str, parent: str, attributes: dict[str, str]) -> bool:
        """Return whether nothing within an element is shown."""
        if parent in ("rPr", "trPr"):  # a mark on a paragraph or a row, and nothing is within it
            return local.endswith("Change")
        if local == "mc:Fallback":
            return bool(self._chosen) and self._chosen[-1]
        if local == "sdtContent":
            return self._is_prompt
        kind = value(attributes, "type")
        return local in _HIDING or (local in ("footnote", "endnote") and kind not in ("", "normal"))

    def _opened(self, local: str, attributes: dict[str, str]) -> None:
        """Take the start of an element that holds others."""
        if local in ("tbl", "txbxContent"):
            self._stories.append(_Story(local))
        elif local == "fldChar":
            self._field(value(attributes, "fldCharType"))
        elif local == "mc:AlternateContent":
            self._chosen.append(False)
        elif local in ("footnoteReference", "endnoteReference"):
            self.noted.append(local[: -len("Reference")] + value(attributes, "id"))
            self._story.run.is_mark = value(attributes, "customMarkFollows") not in ("", "0", "false")
        elif local in ("footnote", "endnote"):
            self._note = local + value(attributes, "id")
        elif local == "altChunk":
            lines = self._imported(relation(attributes))
            self.lacks_import |= lines is None
            self._story.builder.page += lines if lines is not None else []
        elif local in ("tr", "tc"):
            self._story.row_is_gone &= local == "tc"
            self._story.cell_is_gone = False

    def _formatted(self, local: str, parent: str, attributes: dict[str, str]) -> None:
        """Take how a run, a paragraph or a row is set."""
        story = self._story
        within = self._path[-3] if len(self._path) > 2 else ""
        if local == "p":
            story.style, story.level = "", None
        elif local in ("r", "m:r"):
            story.run = _Run()
        elif local == "pStyle":
            story.style = value(attributes)
        elif local == "outlineLvl" and parent == "pPr":
            story.level = outline_level(value(attributes))
        elif parent in ("trPr", "tcPr"):
            story.row_is_gone |= local == "del" or (local == "hidden" and is_on(attributes))
            story.cell_is_gone |= local == "cellDel"
        elif within == "pPr":
            story.joined |= local in ("del", "moveFrom") or (local == "vanish" and is_on(attributes))
        elif within == "r":
            self._set_run(local, attributes)

    def _set_run(self, local: str, attributes: dict[str, str]) -> None:
        run = self._story.run
        if local == "rStyle":
            run.style = value(attributes)
        elif local == "vanish":
            run.hidden = is_on(attributes)
        elif local == "b":
            run.bold = is_on(attributes)
        elif local == "sz" and value(attributes).isdecimal():
            run.size = int(value(attributes))

    def _field(self, kind: str) -> None:
        """Take a mark of a field: from "begin" to "separate" stands its code, then what is shown."""
        coded = self._story.coded
        if kind == "begin":
            coded.append(True)
        elif kind == "separate" and coded:
            coded[-1] = False
        elif kind == "end" and coded:
            coded.pop()

    def end(self, name: str) -> None:
        """Take the end of an element, the last that began."""
        del name
        local = self._path.pop()
        if self._unseen:
            self._unseen -= 1
            return
        story = self._story
        if local == "p":
            self._end_paragraph(story)
        elif local == "tc":
            story.end_paragraph()
            if story.cell_is_gone:
                story.builder.cell = []
            story.builder.end_cell()
        elif local == "tr":
            if story.row_is_gone:
                story.builder.cells = []
            story.builder.end_row()
        elif local in ("tbl", "txbxContent"):
            self._end_story()
        elif local == "mc:AlternateContent" and self._chosen:
            self._chosen.pop()
        elif local in ("footnote", "endnote") and self._note:
            story.end_paragraph()
            self.notes[self._note] = flat(story.builder.page)
            story.builder.page = []
        elif local == "body":
            story.end_paragraph()

    def _end_paragraph(self, story: _Story) -> None:
        """End a paragraph, unless its mark is deleted or hidden: then the next one goes on in it."""
        story.coded = [code for code in story.coded if not code]  # a code that never ends would swallow the rest
        level = self._styles.level(story.style) if story.level is None else story.level
        if not story.joined:
            story.end_paragraph(level)
        story.joined = False

    def _end_story(self) -> None:
        """Bring a table or a text box into what it stands in."""
        if len(self._stories) < 2:
            raise UnreadableError("is damaged: a table ends that never began; save it anew")
        story = self._stories.pop()
        story.end_paragraph()
        around = self._story
        if story.kind == "txbxContent":
            around.builder.add_box(flat(story.builder.page))
        else:
            (around.builder.cell if around.kind == "tbl" else around.builder.page).extend(story.builder.page)

    def words(self, text: str) -> None:
        """Take characters: those in a run's text are shown."""
        if self._path[-1] in ("t", "m:t") and not self._unseen:
            self._add(text.replace("\u00ad", ""))

    def _add(self, text: str) -> None:
        story = self._story
        run, styles = story.run, self._styles
        if run.is_mark or any(story.coded) or styles.hidden(run.hidden, run.style, story.style):
            return
        story.builder.add(
            text,
            bold=styles.bold(run.bold, run.style, story.style),
            size=styles.size(run.size, run.style, story.style),
        )
        if text.strip() and self._chosen:
            self._chosen = [True] * len(self._chosen)
