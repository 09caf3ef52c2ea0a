"""All that is said around a place of an article: the claims of its sentences, and quotations that go on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings.sentences import sentences
from qa.attribution.claim import Claim
from qa.attribution.claims import claims_of
from qa.attribution.little_words import ENDS, PREPOSITIONS, TIMES
from qa.attribution.quotations import Quotation, quotations
from qa.attribution.tokens import TITLES, Token, tokens_of
from qa.attribution.unclaimed import subject_and_verb, unclaimed_in

BEFORE, BEHIND = 1_500, 500
"""How many characters before and behind a span are looked through, at most: paragraphs of one quotation."""

LONGEST_SPEAKER = 250
"""Characters: what is longer is no name, but a sentence misread."""

STANCE_WEIGHT = 0.5
"""What a claim of a stance ("wants") counts, where one of speech counts 1. Chosen on the training part of PolNeAR."""

ABBREVIATED = re.compile(rf"\b(?:{TITLES}|[A-Z])\.\Z")

Range = tuple[int, int]

Runs = dict[Range, tuple[Range, ...]]
"""Each quotation, and all that it is part of."""


@dataclass(frozen=True, slots=True)
class Said:
    """Half-open character ranges: a speaker's, a cue's, and what was said, in quotation marks (`direct`) or not."""

    speaker: Range
    cue: Range
    content: tuple[Range, ...]
    direct: bool
    strong: bool

    def covers(self, start: int, end: int) -> float:
        """Return which part of a range is what was said, in [0, 1], less for a stance."""
        common = sum(max(0, min(last, end) - max(first, start)) for first, last in self.content)
        return common / max(1, end - start) * (1 if self.strong else STANCE_WEIGHT)


def said_around(text: str, start: int, end: int) -> list[Said]:
    """Return all that is said in the paragraphs around a range."""
    first, last = region_of(text, start, end)
    quoted = quotations(text, first, last)
    runs = _runs(quoted)
    found: list[Said] = []
    previous: Said | None = None  # whose quotation goes on
    nearest: Said | None = None  # whose a quotation that stands alone may be
    unclaimed: list[Token] = []
    for at, to in sentences_in(text, first, last):
        tokens = tokens_of(text, at, to, quoted)
        claims = _claims(text, tokens, runs)
        if unclaimed and claims and not claims[0].direct and _says_no_more(tokens, claims[0]):
            ranges = tuple((token.start, token.end) for token in unclaimed)
            claims[0] = replace(claims[0], content=_full(ranges, runs), direct=True)
        found += claims
        speaker = None if claims else _quoted_again(tokens, previous, nearest)
        if speaker is not None:
            unclaimed = [] if speaker.strong else [tokens[-1]]
            previous = replace(speaker, content=_full(((tokens[0].start, tokens[0].end),), runs), direct=True)
            found.append(previous)
            continue
        if claims or "\n" in text[max(0, at - 2) : at]:
            previous = next((one for one in reversed(claims) if one.direct or text[to - 1] == ":"), None)
        nearest = claims[-1] if claims else _acting(tokens)
        unclaimed = [tokens[-1]] if tokens and tokens[-1].quoted and not claims else []
    return found


def _quoted_again(tokens: Sequence[Token], previous: Said | None, nearest: Said | None) -> Said | None:
    """Return whose the quotation is that a sentence begins with; less surely so if nobody was quoted before it."""
    if not tokens or not tokens[0].quoted:
        return None
    if previous is None and nearest is not None and all(token.quoted or token.word in ENDS for token in tokens):
        return replace(nearest, strong=False)
    return previous


def _acting(tokens: Sequence[Token]) -> Said | None:
    """Return who does what in a sentence in which nobody says anything."""
    found = subject_and_verb(tokens)
    if found is None:
        return None
    speaker, verb = found
    return Said(_characters(tokens, speaker), _characters(tokens, verb), content=(), direct=False, strong=False)


def _claims(text: str, tokens: Sequence[Token], runs: Runs) -> list[Said]:
    named = claims_of(tokens)
    last = None if named else unclaimed_in(text, tokens)
    claims = [_said(claim, tokens, runs) for claim in [*named, *([last] if last else [])]]
    claims = [one for one in claims if one.speaker[1] - one.speaker[0] <= LONGEST_SPEAKER]
    if claims and text[slice(*claims[0].cue)] == ":" and tokens[0].upper and not claims[0].direct:
        start = claims[0].cue[1]  # a transcript's line
        end = text.find("\n", start)
        claims[0] = replace(claims[0], content=((start, len(text) if end < 0 else end),))
    return claims


def _says_no_more(tokens: Sequence[Token], said: Said) -> bool:
    """Return whether a sentence begins with who says, and nothing that is said follows: "Ross asked, smiling."."""
    following = next((token for token in tokens if token.start >= max(said.cue[1], said.speaker[1])), None)
    return said.speaker[0] == tokens[0].start and (
        following is None or following.word in ENDS | PREPOSITIONS | TIMES | {","}
    )


def _full(ranges: Sequence[Range], runs: Runs) -> tuple[Range, ...]:
    """Return ranges with all of the quotations that they are part of."""
    whole = [one for run in runs.values() for one in run if any(a < one[1] and one[0] < b for a, b in ranges)]
    more = [one for run in runs.values() if any(one in run for one in whole) for one in run]
    return tuple(_merged([*ranges, *more]))


def sentences_in(text: str, first: int, last: int) -> list[Range]:
    """Return the sentences of text[first:last]; none ends with a title or an initial."""
    found: list[Range] = []
    for at, to in sentences(text[first:last]).tolist():
        start, end = first + at, first + to
        if found and "\n" not in text[found[-1][1] : start] and _goes_on(text, found[-1], start):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _goes_on(text: str, sentence: Range, start: int) -> bool:
    """Return whether a sentence does not end where it seems to: behind a title or an initial, before a small letter."""
    return text[start].islower() or text[start] in "),;—–" or ABBREVIATED.search(text, *sentence) is not None


def region_of(text: str, start: int, end: int) -> Range:
    """Return the range around a range that is looked through, of whole paragraphs where it can be."""
    first = 0
    if start > BEFORE:
        line = text.find("\n", start - BEFORE, start)
        first = line + 1 if line >= 0 else start - BEFORE
    last = len(text)
    if end + BEHIND < last:
        line = text.rfind("\n", end, end + BEHIND)
        last = line if line >= 0 else end + BEHIND
    return first, last


def _runs(quoted: Sequence[Quotation]) -> Runs:
    """Return for each quotation all the stretches it is part of."""
    runs: Runs = {}
    together: list[Range] = []
    for one in quoted:
        together.append((one.start, one.end))
        if not one.goes_on:
            runs |= dict.fromkeys(together, tuple(together))
            together = []
    return runs


def _said(claim: Claim, tokens: Sequence[Token], runs: Runs) -> Said:
    content: list[Range] = []
    direct = False
    for first, end in claim.content:
        content.append((tokens[first].start, tokens[end - 1].end))
        for token in tokens[first:end]:
            for run in (run for (a, b), run in runs.items() if a < token.end and token.start < b):
                if token.quoted:
                    direct = True
                    content += run
    merged = tuple(_merged(content))
    start, end = _characters(tokens, claim.speaker)
    end -= len("'s") if tokens[claim.speaker[1] - 1].word.endswith("'s") else 0
    return Said((start, end), _characters(tokens, claim.cue), merged, direct, claim.strong)


def _characters(tokens: Sequence[Token], place: Range) -> Range:
    return tokens[place[0]].start, tokens[place[1] - 1].end


def _merged(ranges: Sequence[Range]) -> Iterator[Range]:
    last: Range | None = None
    for start, end in sorted(set(ranges)):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
