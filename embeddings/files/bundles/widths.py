"""Lines that were broken for width, told from paragraphs by what would have fit into them."""

import re
from dataclasses import replace
from itertools import pairwise

from embeddings.files.pages import Line

WIDEST = 110
"""Characters of a line that was broken for width, at most."""

NARROWEST = 45
"""Characters that it has at least: shorter ones were broken for sense."""

NARROWEST_TEXT = 60
"""Characters of the widest of them, at least."""

BROKEN = 0.4
"""The share of lines, of this length and with one right below, that end amid a sentence and into which its first word
would not have fit, from which on a text counts as broken for width."""

FEWEST = 2
"""Such lines, at least: one may be so by chance."""

CENTRED = 8
"""Blanks before a line that was centred."""

SLACK = 2
"""Characters by which a line may be shorter than what would have fit, as by a second blank behind a sentence."""

_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\Z")


def rejoined(lines: list[Line], *, are_paragraphs: bool) -> list[Line]:
    """Return lines with those joined that were broken for width.

    If none were, and they are paragraphs, a blank line is put behind each.
    """
    at = _width(lines)
    pairs = [each for each in pairwise(lines) if _may_be_broken(each[0]) and each[1].text.strip()]
    amid = sum(_is_broken(*each, at) and not _SENTENCE_END.search(each[0].text) for each in pairs)
    if amid < FEWEST or amid <= BROKEN * len(pairs):
        return [each for line in lines for each in (line, Line(""))] if are_paragraphs else lines
    joined = lines[:1]
    for line, following in pairwise(lines):
        if _is_broken(line, following, at):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {following.text.strip()}")
        else:
            joined.append(following)
    return joined


def between(line: str) -> str:
    """Return what parts a line of a text from the one right below: nothing says that it was broken for width."""
    return "\n" if NARROWEST <= len(line) <= WIDEST and not _SENTENCE_END.search(line) else "\n\n"


def _width(lines: list[Line]) -> int:
    """Return the width at which lines were broken, but for one in thirty; 0 if they were not."""
    lengths = sorted(len(line.text) for line in lines if len(line.text) >= NARROWEST)
    width = lengths[-1 - len(lengths) // 30] if lengths else 0
    return width if NARROWEST_TEXT <= width <= WIDEST else 0


def _is_broken(line: Line, following: Line, width: int) -> bool:
    """Return whether the next word would not have fit into a line."""
    word = next(iter(following.text.split()), "")
    return bool(word) and _may_be_broken(line) and len(line.text) <= width < len(line.text) + 1 + len(word) + SLACK


def _may_be_broken(line: Line) -> bool:
    """Return whether a line is long enough, and not centred by blanks in front of it."""
    return len(line.text) >= NARROWEST and not line.text.startswith(" " * CENTRED)
