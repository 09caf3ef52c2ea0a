"""Texts as the eye reads them, for search and for reading: what is stored, and every offset, stays as it is."""

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
"""Soft hyphens, and what takes no width: joiners, direction marks, byte order marks."""

_HYPHENS = "\u2010\u2011\ufe63\uff0d"
"""Hyphens that look like "-", non-breaking ones among them."""

_FORMS = (
    "\u0132\u0133\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u2160-\u217f\ufb00-\ufb06\ufb13-\ufb17\ufb20-\ufb28\ufb4f-\ufbb1"
    "\ufbd3-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U0001d400-\U0001d7ff"
)
"""Letters and digits in a form of their own, which stand for others: ligatures, Roman numerals, wide, in a font."""

_ODD = re.compile(f"[{_INVISIBLE}{_HYPHENS}{_FORMS}]")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_LETTER = r"[^\W\d_]"
_LINE_END = rf"(?<={_LETTER})[-\u00ad\u2010][{_INVISIBLE}]*\n[ \t]*(?={_LETTER})"
_LINE_ENDS = re.compile(_LINE_END)
_CHANGED = re.compile(rf"{_LINE_END}|[{_INVISIBLE}{_HYPHENS}{_FORMS}]")
_JOINT = re.compile(rf"(?<=\w)(?:-[{_INVISIBLE}]*(?:\n[ \t]*| )|\u200b)(?=\w)")
_IN_WORDS = re.compile(r"[\w-]")
_WORD_BEFORE = re.compile(r"[\w-]*\Z")
_WORD_AFTER = re.compile(r"[\w-]*")

_WITH_HYPHEN = re.compile("self|half|well|non|vice|cross|(?:twen|thir|for|fif|six|seven|eigh|nine)ty", re.IGNORECASE)
"""What begins compounds that mostly have a hyphen: at a line's end it stays, unless the text says otherwise."""

_AFTER_A_GAP = frozenset(["and", "or", "to", "und", "oder", "bis", "et", "ou", "y", "o", "e", "och", "og", "en"])
"""What follows a hyphen that stands for a word's other half: "pre- and post-war"."""

NEAR = 3_000
"""Characters before and behind a line's end in which the word that it parts is looked for."""

_LEFT_OUT = re.compile(
    r"[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff]|(?<=[\u0000-\u058f])[\u200c\u200d]+(?=[\u0000-\u058f])"
)
_DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as the eye reads it: `text`, and where each of its characters stands in the one that it was made of.

    `starts` and `ends` are the ranges of the characters there, half-open; None if both texts are the same.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original text that a range of this one, not empty, was made of."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], max(self.starts[start], self.ends[end - 1])


def fold(text: str) -> Folded:
    """Return a text as the eye reads it: without soft hyphens and marks without width, ligatures as letters, all
    hyphens as "-", and words whole that a line's end parts, with their hyphen or without it."""
    if not _is_odd(text):
        return Folded(text)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def take(piece: str, start: int, end: int) -> None:
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))

    done = 0
    for found in _CHANGED.finditer(text):
        start, end = found.span()
        pieces.append(text[done:start])
        starts.extend(range(done, start))
        ends.extend(range(done + 1, start + 1))
        take(_read_as(found), start, end)
        done = end
    pieces.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return Folded("".join(pieces), tuple(starts), tuple(ends))


def searched(text: str) -> str:
    """Return what a text is found by, and what a question looks for: folded, and behind it what may also be meant.

    A word that is parted by a hyphen at a line's end, or by a mark without width that allows one, is found whole and in
    its parts.
    """
    if not _is_odd(text) and "- " not in text:
        return text
    folded = fold(text).text
    other = [reading for found in _JOINT.finditer(text) if (reading := _other_reading(text, found))]
    return "\n".join([folded, *other])


def line_ends_within_words(text: str) -> set[int]:
    """Return where lines end within a word that a hyphen parts: the places behind their line breaks."""
    if not _is_odd(text):
        return set()
    found = (parted for parted in _LINE_ENDS.finditer(text) if not _leaves_a_gap(parted))
    return {text.index("\n", parted.start()) + 1 for parted in found}


def copied(text: str) -> str:
    """Return a text as it is copied: without soft hyphens and marks without width, but for those that scripts need."""
    if text.isascii():
        return text
    plain = _LEFT_OUT.sub("", text)
    return plain if _RIGHT_TO_LEFT.search(plain) else _DIRECTIONS.sub("", plain)


def printed(text: str) -> str:
    """Return a text as it is printed where its lines do not count: copied, and words whole that a line's end parts."""
    return copied(_LINE_ENDS.sub(_read_as, text) if "\n" in text else text)


def visible_length(text: str) -> int:
    """Return how many characters of a text take width, or are white space."""
    return len(text) if text.isascii() else len(text) - len(_UNSEEN.findall(text))


def _is_odd(text: str) -> bool:
    """Return whether a text may be read as another: few are, and it is found out fast."""
    return "-\n" in text or (not text.isascii() and _ODD.search(text) is not None)


def _read_as(found: re.Match[str]) -> str:
    """Return what the eye reads in place of a mark, a form of a letter, or the end of a line within a word."""
    mark = found[0]
    if "\n" in mark:
        return "" if mark[0] == "\u00ad" else _at_line_end(found)
    if mark in _HYPHENS:
        return "-"
    return "" if unicodedata.category(mark) in ("Cf", "Mn") else unicodedata.normalize("NFKC", mark)


def _at_line_end(found: re.Match[str]) -> str:
    """Return "" if a hyphen at a line's end only parts a word, "-" if it is the word's own, else what stands there."""
    text = found.string
    before, after = _around(text, found)
    first, last = before.rpartition("-")[2], after.partition("-")[0]
    if _leaves_a_gap(found):
        return found[0]
    if "-" in before or "-" in after or (last[:1].isupper() and not (first.isupper() and last.isupper())):
        return "-"
    near = text[max(0, found.start() - NEAR) : found.end() + NEAR].casefold()
    if _holds_word(near, f"{first}{last}".casefold()):
        return ""
    return "-" if _WITH_HYPHEN.fullmatch(first) or _holds_word(near, f"{first}-{last}".casefold()) else ""


def _leaves_a_gap(found: re.Match[str]) -> bool:
    """Return whether a hyphen at a line's end stands for the other half of a word, as in "pre- and post-war"."""
    return (_WORD_AFTER.match(found.string, found.end()) or [""])[0].casefold() in _AFTER_A_GAP


def _around(text: str, found: re.Match[str]) -> tuple[str, str]:
    """Return what stands of a word, marks without width left out, before and after the place where it is parted."""
    before = _UNSEEN.sub("", text[max(0, found.start() - 60) : found.start()])
    after = _UNSEEN.sub("", text[found.end() : found.end() + 60])
    return (_WORD_BEFORE.search(before) or [""])[0], (_WORD_AFTER.match(after) or [""])[0]


def _holds_word(text: str, word: str) -> bool:
    """Return whether a text holds a word, and not only as a part of another."""
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if not _IN_WORDS.search(text[max(0, place - 1) : place] + text[end : end + 1]):
            return True
        place = text.find(word, end)
    return False


def _other_reading(text: str, found: re.Match[str]) -> str:
    """Return what else a parted word may be: its parts where it is folded whole, whole where it is not."""
    before, after = _around(text, found)
    if not before or not after or after.casefold() in _AFTER_A_GAP:
        return ""
    parted = _LINE_ENDS.match(text, found.start())
    is_whole = "\u200b" in found[0] or (parted is not None and _read_as(parted) == "")
    return f"{before} {after}" if is_whole else before + after
