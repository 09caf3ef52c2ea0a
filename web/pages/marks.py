"""What an article's address asks to be marked: the words of one link, and the other answers in the article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from embeddings.types import Article, Span
from qa.evidence import DIGITS, hash_of
from web.checking import FieldError, InvalidFieldsError
from web.span_links import Linked, followed

ALSO = 50
"""Other answers that one address may name."""

_HASH = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_ALSO = re.compile(rf"([0-9]{{1,9}})-([0-9]{{1,9}})-([0-9a-f]{{{DIGITS}}})")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in an article. `chosen` is what the link leads to, None if it leads to the article alone.

    `others` are further answers, in order of the text; `changed`: how many of them do not stand there any more.
    """

    chosen: Linked | None
    others: tuple[Span, ...] = ()
    changed: int = 0

    @property
    def span(self) -> Span | None:
        """The chosen words, where they stand now."""
        return self.chosen.span if self.chosen else None

    @property
    def number(self) -> int:
        """Which one of all the chosen one is, from 1; 0 if none is chosen."""
        return self.all.index(self.span) + 1 if self.span else 0

    @property
    def all(self) -> list[Span]:
        """All that is marked, in order of the text."""
        chosen = [self.span] if self.span else []
        return sorted([*chosen, *self.others], key=lambda span: (span.start, span.end))


def also(spans: Sequence[Span]) -> list[str]:
    """Return other answers of an article as an address names them."""
    return [f"{span.start}-{span.end}-{hash_of(span.text)}" for span in spans[:ALSO]]


def read_marks(args: MultiDict[str, str], article: Article) -> Marks:
    """Return what an address asks to be marked.

    Raises:
        InvalidFieldsError: with every field that is wrong, or given more than once; `also` may be given often.
    """
    errors = {
        name: f"{name} is given {len(args.getlist(name))} times; give it once"
        for name in ("start", "end", "hash", "ask", "q", "from", "to", "k")
        if len(args.getlist(name)) > 1
    }
    others = _others(args.getlist("also"), article, errors)
    chosen = _chosen(args, article, errors) if {"start", "end", "hash"} & set(args) and not errors else None
    if errors:
        raise InvalidFieldsError(FieldError(field, detail) for field, detail in errors.items())
    standing = [span for span in others if span is not None and (chosen is None or not _same(span, chosen.span))]
    return Marks(chosen, tuple(standing), sum(span is None for span in others))


def _chosen(args: MultiDict[str, str], article: Article, errors: dict[str, str]) -> Linked | None:
    length = len(article.text)
    digits = args.get("hash", "")
    if digits and not _HASH.fullmatch(digits):
        errors["hash"] = f"{digits[:40]!r} is no hash of words; give {DIGITS} digits from 0 to f, or leave it out"
    ends = {name: args.get(name, "") for name in ("start", "end")}
    for name, text in ends.items():
        if not re.fullmatch(r"[0-9]{1,9}", text) or (not digits and int(text) > length):
            cure = f"give a whole number from 0 to {length}"
            errors[name] = f"{text[:40]!r} is not an offset in this article; {cure}"
    if errors:
        return None
    start, end = int(ends["start"]), int(ends["end"])
    if start >= end:
        errors["end"] = f"end is {end}; it must be greater than start, which is {start}"
        return None
    return followed(article, start, end, digits)


def _others(values: Sequence[str], article: Article, errors: dict[str, str]) -> list[Span | None]:
    """Return other answers, None for those that do not stand where they did."""
    if len(values) > ALSO:
        errors["also"] = f"{len(values)} other answers are named; name at most {ALSO}"
        return []
    found: list[Span | None] = []
    for value in values:
        match = _ALSO.fullmatch(value)
        if not match:
            errors["also"] = (
                f"{value[:60]!r} is no place of an answer; write it as start-end-hash: 40-52-{'0' * DIGITS}"
            )
            continue
        start, end = int(match[1]), int(match[2])
        stands = start < end <= len(article.text) and hash_of(article.text[start:end]) == match[3]
        found.append(Span(article, start, end) if stands else None)
    return found


def _same(one: Span, other: Span | None) -> bool:
    return other is not None and (one.start, one.end) == (other.start, other.end)
