"""What an answer says, so that it can be compared with others: a number with its unit, a date, or a name."""

import re
from dataclasses import dataclass
from enum import StrEnum

SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mln": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: number for number, word in enumerate(f"{SMALL} eighteen nineteen".split())} | {
    word: 10 * number for number, word in enumerate(TENS.split(), start=2)
}
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

NUMBER = re.compile(
    r"(?P<sign>[$€£])?\s*(?:(?P<digits>\d[\d,]*(?:\.\d+)?)|\b(?P<word>"
    + "|".join(WORDS)
    + r")(?:[-\s](?P<ones>\w+))?\b)"
    r"[\s-]*(?P<scale>" + "|".join(sorted(SCALES, key=len, reverse=True)) + r")?\b\s*(?P<percent>%|per ?cent\b)?"
)
MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS) + "|sept"
DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<month>{MONTH})\b\.?"
    r"(?:\s+(?P<later>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(?P<year>\d{4}))?"
)
ISO = re.compile(r"^(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?$")
YEAR = re.compile(r"^(?:in\s+)?(?P<year>1\d{3}|20\d{2})$")

NO_UNIT = frozenset(
    "about around almost nearly over more than at least up to some of the a an were was are people only".split()  # noqa: SIM905
)
"""Words beside a number that are no unit; people are counted without saying so."""


class AnswerKind(StrEnum):
    """What kind of thing an answer is."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Value:
    """What an answer says, so that it can be compared: `parts` are a number, a date's year, month and day, or words.

    What a date does not say is 0. `unit`: of a number, its words' stems; empty if it has none.
    """

    kind: AnswerKind
    parts: tuple[float | str, ...]
    unit: frozenset[str] = frozenset()

    def compares(self, other: "Value") -> bool:
        """Return whether both are of one kind, and numbers of one unit, as far as both name one."""
        return self.kind == other.kind and (not self.unit or not other.unit or bool(self.unit & other.unit))

    def differs(self, other: "Value") -> bool:
        """Return whether both compare, and cannot be the same."""
        if not self.compares(other):
            return False
        if self.kind is AnswerKind.NUMBER:
            return self.parts != other.parts
        if self.kind is AnswerKind.DATE:
            return any(one and two and one != two for one, two in zip(self.parts, other.parts, strict=True))
        return not (set(self.parts) <= set(other.parts) or set(other.parts) <= set(self.parts))


def value_of(text: str) -> Value | None:
    """Return what an answer says, None if it is neither number, date nor name."""
    plain = " ".join(text.casefold().split())
    for read in (_date, _number):
        if (found := read(plain)) is not None:
            return found
    words = text.split()
    words = words[words[:1] in (["the"], ["The"]) :]
    named = [word for word in words if word[:1].isupper()]
    if not words or len(words) > 8 or len(named) * 2 < len(words) or not words[0][:1].isupper():
        return None
    from qa.answers import same_words  # brings the archive with it

    return Value(AnswerKind.NAME, tuple(same_words(text).split()))


def _date(plain: str) -> Value | None:
    found = ISO.match(plain) or DATE.search(plain) or YEAR.match(plain)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month")
    number = 0 if month is None else int(month) if month.isdigit() else [m[:3] for m in MONTHS].index(month[:3]) + 1
    if not parts.get("year") and not parts.get("day") and not parts.get("later") and plain != month:
        return None  # "may" within a sentence
    return Value(
        AnswerKind.DATE, (int(parts.get("year") or 0), number, int(parts.get("day") or parts.get("later") or 0))
    )


def _number(plain: str) -> Value | None:
    found = NUMBER.search(plain)
    if found is None:
        return None
    if found["digits"]:
        amount = float(found["digits"].replace(",", ""))
    else:
        amount = float(WORDS[found["word"]] + WORDS.get(found["ones"] or "", 0))
        if found["ones"] and found["ones"] not in WORDS and found["ones"] in SCALES:
            amount *= SCALES[found["ones"]]
    amount *= SCALES.get(found["scale"] or "", 1)
    rest = plain[: found.start()] + " " + plain[found.end() :]
    if found["ones"] and found["ones"] not in WORDS and found["ones"] not in SCALES:
        rest += f" {found['ones']}"
    unit = {word.rstrip("s") for word in re.findall(r"[^\W\d_]+", rest) if word not in NO_UNIT}
    if found["sign"]:
        unit = {{"$": "dollar", "€": "euro", "£": "pound"}[found["sign"]]}
    return Value(AnswerKind.NUMBER, (amount,), frozenset({"percent"} if found["percent"] else unit))
