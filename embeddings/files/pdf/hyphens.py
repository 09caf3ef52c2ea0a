"""Words that are divided at the end of a line: joined, or kept with their hyphen, by what else stands in the text."""

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")

_FIRST_HALVES = re.compile(
    r"well|self|non|ex|north|south|east|west|half|vice|cross|anti|mid|long|short|left|right|two|three|four|five|six"
    r"|seven|eight|nine|ten|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
)
"""Words that English mostly writes a hyphen behind, where the word after them is a word of its own."""

_SOLID = re.compile(
    r"with|some|every|any|no|over|under|through|when|where|what|how|here|there|out|up|down|in|on|to|can|may|news|fire"
    r"|sea|land|house|work"
)
"""Words that English mostly writes together with the word after them: "without", "newspaper"."""

_SECOND_HALVES = re.compile(r"(?:ern|erly|er|ers|est|ly|ward|wards|s|ing|age|ty|teen|ish|land|een|ant|ity|ght|ten)\b")


class Vocabulary:
    """The words of a text, as they stand within lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count words; the last of a line that ends in a hyphen, and the first of the next one, are left out."""
        self._counts = Counter[str]()
        divided = False
        for line in lines:
            words = _WORD.findall(line.casefold())
            self._counts.update(words[divided : len(words) - line.endswith("-")])
            divided = line.endswith("-")

    def joined(self, first: str, second: str) -> str:
        """Return the line ending in a hyphen and the line after it as one, the divided word joined or kept."""
        before, after = _last(first[:-1]), _first(second)
        if not before or not after or not after[:1].islower():
            return first + second
        half, rest = before.rpartition("-")[2].casefold(), after.casefold()
        joined, kept = self._counts[half + rest], self._counts[f"{half}-{rest}"]
        if kept > joined or (not joined and self._is_compound(half, rest, many="-" in before)):
            return first + second
        return first[:-1] + second

    def _is_compound(self, half: str, rest: str, *, many: bool) -> bool:
        """Return whether two halves that stand together nowhere else are two words; `many`: they are of more."""
        if many:
            return self._counts[half] > 0
        if _FIRST_HALVES.fullmatch(half) and not _SECOND_HALVES.match(rest):
            return True
        known = self._counts[half] > 0 and self._counts[rest] > 0
        return known and min(len(half), len(rest)) > 3 and not _SOLID.fullmatch(half)


def _last(text: str) -> str:
    """Return the word that a text ends with, "" if it ends otherwise."""
    found = re.search(rf"{_WORD.pattern}$", text)
    return found[0] if found else ""


def _first(text: str) -> str:
    found = _WORD.match(text)
    return found[0] if found else ""
