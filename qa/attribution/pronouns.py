"""Whom "he" or "she" stands for where that is all but sure: whoever was named as saying something just before."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.attribution.around import Range, Said, region_of, sentences_in
from qa.attribution.little_words import ADVERBS, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS, TIMES, words_of
from qa.attribution.quotations import quotations
from qa.attribution.tokens import TITLES, Token, tokens_of

RESOLVED = ("he", "she")

MOST_SENTENCES = 2
"""How many sentences may stand between a speaker's and the pronoun's, as one would count their ends."""

OTHER_SEX = {
    "he": words_of("mrs ms miss lady queen princess spokeswoman chairwoman congresswoman councilwoman"),
    "she": words_of("mr sir lord king prince spokesman chairman congressman councilman"),
}
"""What is said beside the names of those for whom a pronoun does not stand."""

ORGANISATIONS = words_of(
    """
    act administration agency association bank board bureau campaign church coalition college commission committee
    company congress corp council court department federation foundation fund government group house inc institute
    journal law league magazine ministry network news office party poll post project reuters school senate service
    society study survey times union university
    """
)

DATES = words_of(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """
)

LITTLE = PRONOUNS | DETERMINERS | PREPOSITIONS | CONJUNCTIONS | ADVERBS | TIMES | DATES

TITLED = frozenset(TITLES.lower().split("|"))


def named(text: str, pronoun: Range, said: Sequence[Said]) -> Range | None:
    """Return the range of the name that a speaker's pronoun stands for; None where it is less than sure.

    It is the last who was named as saying something: a person, by all that is known; called by a full name there or
    elsewhere in the article; not by a title of the other sex; nobody and nothing else with a name stands from that
    sentence on up to the pronoun, quotations apart. Between the two the same pronoun may have spoken, and again.
    """
    word = text[slice(*pronoun)].lower()
    if word not in RESOLVED:
        return None
    chain = [pronoun]
    while text[slice(*chain[-1])].lower() == word:
        before = _speaker_before(said, chain[-1])
        if before is None:
            return None
        chain.append(before)
    name = _name(text, chain[-1])
    if name is None or not _is_person(text, name, word):
        return None
    sentences = sentences_in(text, *region_of(text, *pronoun))
    near = all(_ends_between(sentences, earlier, later) <= MOST_SENTENCES for later, earlier in pairwise(chain))
    return name if near and not _others(text, name, chain[-1], pronoun, sentences) else None


def _speaker_before(said: Sequence[Said], place: Range) -> Range | None:
    """Return the last speaker before a place who says something, and does not only want it."""
    before = [one.speaker for one in said if one.strong and max(one.speaker[1], one.cue[1]) <= place[0]]
    return max(before, default=None)


def _name(text: str, speaker: Range) -> Range | None:
    """Return the part of a speaker that is the name, without what is said of it: "Ross, the engineer"."""
    name = re.split(r"\s*[,(“\"—–]", text[slice(*speaker)], maxsplit=1)[0]
    words = name.split()
    if not words or words[0].lower() in DETERMINERS or "and" in words or not words[-1][0].isupper():
        return None
    return speaker[0], speaker[0] + len(name)


def _is_person(text: str, name: Range, pronoun: str) -> bool:
    words = text[slice(*name)].split()
    if {_plain(word) for word in words} & (ORGANISATIONS | OTHER_SEX[pronoun] | LITTLE):
        return False
    if any(word.isupper() and len(word) > 2 and "." not in word for word in words):
        return False  # an abbreviation
    last, others = re.escape(words[-1]), "|".join(OTHER_SEX[pronoun])
    if re.search(rf"\b(?:{others})\.?\s+{last}\b", text, re.IGNORECASE):
        return False
    return len(words) > 1 or re.search(rf"[A-Z][\w.’'-]+ {last}\b", text) is not None


def _ends_between(sentences: Sequence[Range], earlier: Range, later: Range) -> int:
    return sum(earlier[0] < end <= later[0] for _, end in sentences)


def _others(text: str, name: Range, speaker: Range, pronoun: Range, sentences: Sequence[Range]) -> bool:
    """Return whether another name stands from the sentence of a speaker on up to the pronoun, out of quotations."""
    own = {_plain(word) for word in text[slice(*name)].split()} - TITLED
    quoted = quotations(text, *region_of(text, *pronoun))
    for start, end in sentences:
        if end <= speaker[0] or start >= pronoun[0]:
            continue
        for run in _names(text, tokens_of(text, start, min(end, pronoun[0]), quoted)):
            within = speaker[0] <= run[0].start and run[-1].end <= speaker[1]
            if not within and not ({_plain(token.word) for token in run} - TITLED) & own:
                return True
    return False


def _names(text: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the runs of capitals of a sentence; its first word only if it is not known to be written small."""
    run: list[Token] = []
    for place, token in enumerate(tokens):
        capital = token.capital and not token.quoted and token.word not in LITTLE
        if capital and not (place == 0 and re.search(rf"\b{re.escape(token.word)}\b", text)):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s").strip(".,")
