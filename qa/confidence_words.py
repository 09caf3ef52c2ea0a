"""The words for a confidence, and what they were measured to mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

CONFIDENCE_WORDS: Mapping[int, str] = MappingProxyType(
    {
        99: "virtually certain",
        90: "very likely",
        66: "likely",
        25: "about as likely as not",
    }
)
"""The least whole percentage for each word, falling; what is less likely is no answer.

The IPCC's likelihood scale (Mastrandrea et al., 2010, Guidance Note for Lead Authors on Consistent Treatment of
Uncertainties, table 1), so that a word means a number agreed on; but for the lowest word, there from 33 on: of
answers with 25 to 50 per cent 41 to 73 in 100 are right on three sets (docs/reader.md).
`pressmark evaluate answers` says what share of the answers beside each word is right."""

ENOUGH = 100
"""From so many first answers on, the share of right ones is told: it is right to 10 points then, in 19 of 20 cases."""

LEAST_SHOWN = (min(CONFIDENCE_WORDS) - 0.5) / 100
"""The least confidence of an answer, in [0, 1): the lowest that is rounded to a percentage with a word."""


def confidence_word(confidence: float) -> str:
    """Return the word of `CONFIDENCE_WORDS` for a probability in [0, 1], "" if it is too low for one."""
    return next((word for least, word in CONFIDENCE_WORDS.items() if round(100 * confidence) >= least), "")


def confidence_in_words(confidence: float) -> str:
    """Return a probability in [0, 1] as a word of `CONFIDENCE_WORDS` and a percentage: "very likely · 93 %"."""
    percent = round(100 * confidence)
    share = {0: "under 1 %", 100: "over 99 %"}.get(percent, f"{percent} %")
    return " · ".join(filter(None, [confidence_word(confidence), share]))


@dataclass(frozen=True, slots=True)
class WordShare:
    """What a word was measured to mean: how many first answers it stood beside, and the share of them that was right.

    `least` is its whole percentage in CONFIDENCE_WORDS, `right` in [0, 1].
    """

    least: int
    right: float
    answers: int

    @property
    def is_measured(self) -> bool:
        """Whether there are enough of them to tell."""
        return self.answers >= ENOUGH


def word_shares(rated: Iterable[tuple[float, bool]]) -> tuple[WordShare, ...]:
    """Return what each word means, by the confidences of first answers and whether these are right.

    A word that stands beside none is left out.
    """
    found: dict[str, list[bool]] = {word: [] for word in (*CONFIDENCE_WORDS.values(), "")}
    for confidence, right in rated:
        found[confidence_word(confidence)].append(right)
    counted = ((least, found[word]) for least, word in CONFIDENCE_WORDS.items() if found[word])
    return tuple(WordShare(least, round(sum(right) / len(right), 4), len(right)) for least, right in counted)


def words_explained(shares: Sequence[WordShare]) -> str:
    """Return what the words for a confidence stand for, and what they were measured to mean, as far as that is known.

    "virtually certain from 99 %, very likely from 90 % (95 in 100 were right), likely from 66 % …".
    """
    right = {one.least: f" ({round(100 * one.right)} in 100 were right)" for one in shares if one.is_measured}
    said = ", ".join(f"{word} from {least} %{right.get(least, '')}" for least, word in CONFIDENCE_WORDS.items())
    return f"{said}; measured on questions that were kept apart for it" if right else said


def confidence_explained(shares: Sequence[WordShare]) -> str:
    """Return what is said of the confidences of answers, to everybody who sees some."""
    return (
        "The percentage says how likely it is that these words answer the question, not whether what they say is true: "
        f"{words_explained(shares)}. What is less likely is not shown as an answer."
    )


def words_to_json(shares: Sequence[WordShare]) -> list[dict[str, object]]:
    """Return the words as the JSON contract has them; what was not measured is None."""
    measured = {one.least: one for one in shares if one.is_measured}
    return [
        {
            "word": word,
            "percent": least,
            "right": measured[least].right if least in measured else None,
            "answers": measured[least].answers if least in measured else None,
        }
        for least, word in CONFIDENCE_WORDS.items()
    ]
