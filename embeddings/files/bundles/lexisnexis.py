"""Bundles of articles as LexisNexis delivered them, with "1 of 3 DOCUMENTS" above each, to drafts."""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from embeddings.files.bundles.labels import is_copyright
from embeddings.files.bundles.lexis_fields import (
    Head,
    blocks,
    dated,
    draft,
    has_measure,
    has_sentences,
    is_field,
    read_head,
)
from embeddings.files.bundles.widths import CENTRED
from embeddings.files.drafts import Draft
from embeddings.files.pages import Line

_NUMBER = re.compile(
    r"(?P<number>\d{1,4}) of (?P<all>\d{1,6}) DOCUMENTS?"
    r"|(?:Dokument|Document|Documento) (?P<n>\d{1,4}) (?:von|de|van|di|sur) (?P<m>\d{1,6})"
)
_EDITION = re.compile(
    r".*\b(?:edition|ausgabe|édition|edición|edizione|editie|final|web|print|online|correction appended|"
    r"\d-star|first|early|late)\b.*",
    re.IGNORECASE,
)


def classic(lines: list[Line]) -> list[Draft]:
    """Return the articles of a bundle whose parts begin with "1 of 3 DOCUMENTS"; none if it is no such bundle."""
    starts = _starts(lines)
    parts = [lines[start + 1 : stop] for start, stop in pairwise([*starts, len(lines)])]
    sure = [_is_labelled(part) for part in parts]
    if not sure or not sure[0] or 2 * sum(sure) < len(sure) or has_sentences(lines[: starts[0]]):
        return []
    return [_draft(part) for part in parts if any(line.text.strip() for line in part)]


def _starts(lines: list[Line]) -> list[int]:
    """Return which lines number the parts: upwards, of as many as most of them say."""
    numbered = [
        (n, *_numbers(match)) for n, line in enumerate(lines) if (match := _NUMBER.fullmatch(line.text.strip()))
    ]
    totals = Counter(total for _, _, total in numbered)
    usual = max(totals, key=lambda total: (totals[total], total), default=0)
    starts: list[int] = []
    last = 0
    for n, number, total in numbered:
        if total == usual and last < number <= total:
            starts.append(n)
            last = number
    return starts


def _numbers(match: re.Match[str]) -> tuple[int, int]:
    return int(match["number"] or match["n"]), int(match["all"] or match["m"])


def _is_labelled(part: list[Line]) -> bool:
    """Return whether a part has what the deliverer puts into each, and a date above the text."""
    above = [line.text for line in part if line.text.strip()][:12]
    return has_measure(part) and any(map(dated, above))


def _draft(part: list[Line]) -> Draft:
    filled = [n for n, line in enumerate(part) if line.text.strip() and not is_copyright(line.text)]
    day = next((n for n in filled if dated(part[n].text)), None)
    top = filled[0] if day is None else day
    outlet = next((part[n].text.strip() for n in filled if n < top), part[top].text.strip() if day is None else "")
    head = Head(outlet=outlet, published="" if day is None else dated(part[day].text))
    first = next((n for n in filled if n > top and is_field(part[n].text, upper=True)), None)
    if first is None:  # nothing says where the text begins
        return draft(head, part[top + 1 :], upper=True)
    titles = [each for each in blocks(part[top + 1 : first]) if not _is_above_title(each)]
    title = max(titles, key=lambda each: (each[0].bold, len(_joined(each))), default=[])
    head, body = read_head(replace(head, title=_joined(title)), part[first:], upper=True)
    return draft(head, body, upper=True)


def _is_above_title(block: list[Line]) -> bool:
    centred = all(line.text.startswith(" " * CENTRED) for line in block)
    return centred or (len(block) == 1 and len(block[0].text) < 40 and bool(_EDITION.fullmatch(block[0].text)))


def _joined(lines: list[Line]) -> str:
    return " ".join(line.text.strip() for line in lines)
