"""Bundles of articles as Factiva delivers them, with codes or as it displays them, to drafts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from embeddings.files.bundles.labels import is_copyright, is_length
from embeddings.files.bundles.lexis_fields import dated, has_sentences, text_of
from embeddings.files.credits import are_names, credited, names
from embeddings.files.drafts import Draft
from embeddings.files.pages import Line, Page, Row

_IN_ORDER = "SE HD HDS CR BY CLM WC PD ET SN SC ED PG VOL LA CY LP TD CX ART CT RF CO IN NS RE IPC IPD PUB AN"
CODES = _IN_ORDER.split()
"""The codes of Factiva's fields, in the order in which they stand in each article."""

FEWEST_IN_TITLE = 4
"""Words of a line that is surely no section's name but a title."""

_KEPT = r"(?:Document|Dokument|Documento|Документ|文件)\s+"
_NUMBER = r"([A-Z][A-Z0-9]{3,11}(?:19|20)\d{6}[a-z][a-z0-9]{6,10})"
_ACCESSION = re.compile(f"(?:{_KEPT})?{_NUMBER}")
_LAST = re.compile(_KEPT + _NUMBER)
_IS_BY = re.compile(r"by\s", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s*[A-Z]{2,4})?", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"(?:english|deutsch|german|français|french|español|spanish|italiano|italian|português|portuguese|nederlands|"
    r"dutch|русский|russian|türkçe|turkish|العربية|arabic|中文|日本語|englisch|anglais|inglés|inglese|engels)"
    r"(?:\s*-\s*\w+)?",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"(?:all rights reserved|alle rechte|tous droits|provided by|distributed by)\b.*", re.IGNORECASE)


@dataclass(slots=True)
class _Record:
    """The fields of one article, by their codes."""

    fields: dict[str, list[Line]] = field(default_factory=dict)
    rank: int = -1

    def text(self, code: str) -> str:
        return " ".join(line.text.strip() for line in self.fields.get(code, []) if line.text.strip())

    @property
    def is_whole(self) -> bool:
        """Whether it is an article: with a headline, a source, a text, a date that is one and where it is kept."""
        has_text = bool(self.text("HD") and self.text("SN") and (self.text("LP") or self.text("TD")))
        is_kept = _ACCESSION.fullmatch(self.text("AN")) is not None or is_length(self.text("WC"))
        return has_text and is_kept and bool(dated(self.text("PD")))

    def draft(self) -> Draft:
        accession = _ACCESSION.fullmatch(self.text("AN"))
        return Draft(
            text="\n\n".join(filter(None, (text_of(self.fields.get(code, [])) for code in ("LP", "TD", "CX")))),
            title=self.text("HD"),
            published=dated(self.text("PD")),
            outlet=self.text("SN"),
            byline=credited(self.text("BY")),
            id=accession[1] if accession else "",
        )


def coded(page: Page, lines: list[Line]) -> list[Draft]:
    """Return the articles of a bundle in which codes such as HD name the fields; none if it is no such bundle."""
    rows = [
        (each.texts[0].strip(), _cell_lines(each)) for each in page if isinstance(each, Row) and len(each.texts) > 1
    ]
    records = list(_records(_named_rows(rows))) if rows else list(_records(_named_lines(lines)))
    whole = sum(each.is_whole for each in records)
    if not records or not records[0].is_whole or 2 * whole < len(records) or has_sentences(_above_codes(lines)):
        return []
    return [record.draft() for record in records]


def _above_codes(lines: list[Line]) -> list[Line]:
    """Return the lines above the first code: those of a search, if it is a bundle."""
    return list(takewhile(lambda line: line.text.split()[:1] not in [[code] for code in CODES], lines))


def _cell_lines(row: Row) -> list[Line]:
    return [each for cell in row.cells[1:] for line in cell for each in (line, Line(""))]


def _named_rows(rows: Sequence[tuple[str, list[Line]]]) -> Iterator[tuple[str, list[Line]]]:
    for name, value in rows:
        if name in CODES:
            yield name, value


def _named_lines(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the fields that lines begin, in the codes' own order: HD in a text is no headline."""
    rank, code, value = -1, "", list[Line]()
    for n, line in enumerate(lines):
        found, rest = _code_of(line.text, lines[n + 1 : n + 6])
        place = CODES.index(found) if found else -1
        begins = found in ("SE", "HD") and (rank < 0 or code == "AN")
        if found and (begins or (rank >= 0 and place > rank)):
            if code:
                yield code, value
            rank, code, value = place, found, [Line(rest)]
        elif code != "AN" or not any(each.text.strip() for each in value):
            value.append(line)
    if code:
        yield code, value


def _code_of(text: str, following: Sequence[Line]) -> tuple[str, str]:
    """Return the code that a line begins with and what stands behind it; "" and "" if it begins with none."""
    code, _, rest = text.strip().partition(" ") if "\t" not in text.strip() else text.strip().partition("\t")
    if code not in CODES:
        return "", ""
    own = takewhile(lambda text: text and text.split()[0] not in CODES, (line.text.strip() for line in following))
    if code in ("CO", "IN", "NS", "RE") and " : " not in " ".join([rest, *own]):
        return "", ""
    said = rest.strip() or next((line.text.strip() for line in following if line.text.strip()), "")
    if code == "WC" and not is_length(said):
        return "", ""
    return code, rest.strip()


def _records(fields: Iterator[tuple[str, list[Line]]]) -> Iterator[_Record]:
    """Yield a record where codes begin anew."""
    record = _Record()
    for code, value in fields:
        place = CODES.index(code)
        if place <= record.rank:
            yield record
            record = _Record()
        record.rank = place
        record.fields[code] = value
    if record.fields:
        yield record


def displayed(lines: list[Line]) -> list[Draft]:
    """Return the articles of a bundle as Factiva displays them, each closed by "Document" and where it is kept."""
    ends = [n for n, line in enumerate(lines) if _LAST.fullmatch(line.text.strip())]
    starts = [0, *(end + 1 for end in ends)]
    parts = [lines[start:end] for start, end in zip(starts, ends, strict=False)]
    lengths = [_length(part) for part in parts]
    whole = sum(length is not None for length in lengths)
    if not lengths or lengths[0] is None or 2 * whole < len(lengths) or has_sentences(parts[0][: lengths[0]]):
        return []
    accessions = [match[1] for end in ends if (match := _ACCESSION.fullmatch(lines[end].text.strip()))]
    return [
        _displayed(part, length, accession) for part, length, accession in zip(parts, lengths, accessions, strict=True)
    ]


def _length(part: list[Line]) -> int | None:
    """Return which line of an article says how long it is, with a date in the next; None if none does."""
    filled = [n for n, line in enumerate(part) if line.text.strip()]
    pairs = pairwise(filled)
    return next((n for n, after in pairs if is_length(part[n].text) and dated(part[after].text)), None)


def _displayed(part: list[Line], length: int | None, accession: str) -> Draft:
    if length is None:
        return Draft(text_of(part), id=accession)
    title, byline = _above(part[:length])
    filled = [n for n, line in enumerate(part) if n > length and line.text.strip()]
    day, *rest = filled
    rest = rest[1:] if rest and _TIME.fullmatch(part[rest[0]].text.strip()) else rest
    return Draft(
        text=text_of(part[_begin(part, rest) :]),
        title=title,
        published=dated(part[day].text),
        outlet=part[rest[0]].text.strip() if rest else "",
        byline=byline,
        id=accession,
    )


def _above(lines: list[Line]) -> tuple[str, str]:
    """Return the title and the names above the length: a section may stand over them."""
    filled = [n for n, line in enumerate(lines) if line.text.strip()]
    marked = [n for n in filled if lines[n].bold or lines[n].level]
    if not filled:
        return "", ""
    *over, last = filled
    text = lines[last].text.strip()
    if over and last not in marked and (names(text) or _IS_BY.match(text) or _is_below_title(lines, over[-1], last)):
        title = next((n for n in reversed(over) if n in marked), over[-1])
        return lines[title].text.strip(), names(text) or credited(text)
    if marked and marked[-1] < last:
        return lines[marked[-1]].text.strip(), credited(" ".join(lines[n].text for n in filled if n > marked[-1]))
    return text, ""


def _is_below_title(lines: list[Line], over: int, last: int) -> bool:
    """Return whether a line of names stands right above the length, and apart from a title, not from a section."""
    is_apart = last - over > 1 and last == len(lines) - 1
    return is_apart and are_names(lines[last].text) and len(lines[over].text.split()) >= FEWEST_IN_TITLE


def _begin(part: list[Line], rest: list[int]) -> int:
    """Return where the text begins: behind the line about rights, else the language, else the next blank one."""
    top = rest[:10]
    rights = [n for n in top if is_copyright(part[n].text)]
    if rights:
        return next((n for n in rest if n > rights[0] and not _RIGHTS.fullmatch(part[n].text.strip())), len(part))
    language = [n for n in top if _LANGUAGE.fullmatch(part[n].text.strip())]
    if language:
        return language[0] + 1
    return next((n for n in range(rest[0], len(part)) if not part[n].text.strip()), len(part)) if rest else len(part)
