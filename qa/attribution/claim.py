"""Who says something in a sentence, by which words, and what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """Half-open ranges of tokens: the speaker's, the cue's, and what is said before and after them."""

    speaker: tuple[int, int]
    cue: tuple[int, int]
    content: tuple[tuple[int, int], ...]
    strong: bool = True
    """Whether its cue is one of speech, and not of a stance."""
