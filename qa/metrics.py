"""Exact match and F1 as SQuAD defines them, for one answer and for a set."""

import re
import string
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from embeddings.plural import plural

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)

RIGHT = 0.5
"""An answer is right if its F1 with an accepted one is at least this: most of its words are those, and the reverse."""


class Rules(StrEnum):
    """How an accepted answer counts that is nothing but articles and punctuation: all else is the same in all three.

    In SQuAD dev, v1.1 and v2.0, three answerable questions have "." among their accepted answers.
    V1: the v1.1 script. Such an answer stays; nothing compared with nothing has EM 1 and F1 0.
    V2: it stays; nothing compared with nothing has EM 1 and F1 1. Gives the known figures of published v2.0 systems.
    V2_DROP: the v2.0 script as it is found today. Such an answer is dropped; a question left with none wants "".
    """

    V1 = "1.1"
    V2 = "2.0"
    V2_DROP = "2.0-drop"


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """What one predicted answer is worth: `em` is 0 or 1, `f1` in [0, 1]."""

    em: float
    f1: float


WRONG = AnswerScore(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Means over `count` questions, fractions in [0, 1], 0 for a group of none."""

    count: int
    em: float
    f1: float


@dataclass(frozen=True, slots=True)
class SetScore:
    """Scores of a question set."""

    total: GroupScore
    has_answer: GroupScore
    no_answer: GroupScore


@dataclass(frozen=True, slots=True)
class BestThreshold:
    """The best mean that any threshold gives; what has a no-answer probability above `threshold` is not answered."""

    value: float
    threshold: float


def normalise(text: str) -> str:
    """Return a text in lower case without punctuation (ASCII's), articles and needless white space.

    Source: SQuAD's evaluation scripts, versions 1.1 and 2.0 (Rajpurkar et al. 2016, 2018), in that order of steps.
    """
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def f1(prediction: str, gold: str) -> float:
    """Return the harmonic mean of precision and recall over normalised words as a bag, in [0, 1].

    Nothing with nothing is 1, nothing with something 0 (v1.1's script has 0 for the former: see `Rules`).
    """
    return _word_f1(normalise(prediction).split(), normalise(gold).split())


def score_answer(prediction: str, golds: Sequence[str], rules: Rules = Rules.V2) -> AnswerScore:
    """Return the best EM and the best F1 over the accepted answers, each on its own.

    No accepted answer means unanswerable: then both are 1 if the prediction is empty once normalised, else 0.
    """
    given = normalise(prediction)
    wanted = [normalise(gold) for gold in golds]
    if rules is Rules.V2_DROP:
        wanted = [gold for gold in wanted if gold]
    wanted = wanted or [""]
    nothing = 0.0 if rules is Rules.V1 and golds else 1.0
    em = max(float(given == gold) for gold in wanted)
    best = max(_word_f1(given.split(), gold.split()) if given or gold else nothing for gold in wanted)
    return AnswerScore(em, best)


def score_answers(
    golds: Mapping[str, Sequence[str]], predictions: Mapping[str, str], rules: Rules = Rules.V2
) -> dict[str, AnswerScore]:
    """Return the score of every question in `golds`, in its order; a missing prediction is wrong: 0 and 0.

    That holds for unanswerable questions too: abstaining is the prediction "", not its absence. Raises ValueError for
    an empty set and for predictions to other questions.
    """
    if not golds:
        raise ValueError("no question to score, expected at least one")
    check_known(predictions, golds, "predictions")
    return {
        id_: score_answer(predictions[id_], accepted, rules) if id_ in predictions else WRONG
        for id_, accepted in golds.items()
    }


def summarise(scores: Mapping[str, AnswerScore], golds: Mapping[str, Sequence[str]]) -> SetScore:
    """Return the means of scores by question id, told apart as the v2.0 script does: no accepted answer, no answer."""
    return SetScore(
        total=_mean(list(scores.values())),
        has_answer=_mean([score for id_, score in scores.items() if golds[id_]]),
        no_answer=_mean([score for id_, score in scores.items() if not golds[id_]]),
    )


def best_threshold(
    values: Mapping[str, float], golds: Mapping[str, Sequence[str]], no_answer: Mapping[str, float], answered: set[str]
) -> BestThreshold:
    """Return the no-answer threshold that gives the highest mean of `values` (EM or F1), and that mean.

    `values` are the scores of the answers as given, `answered` the ids whose answer is not empty, `no_answer` the
    probabilities, in [0, 1], that there is no answer. A question in `golds` without a probability counts as wrong.

    Source: find_best_thresh in the v2.0 script, except that questions of equal probability are answered together, as a
    threshold would have it; the script cuts between them and can report a mean that no threshold gives. The lowest of
    equally good thresholds is returned; 0.0 if answering nothing is best. Raises ValueError for an empty set and for
    probabilities of other questions.
    """
    if not golds:
        raise ValueError("no question to score, expected at least one")
    check_known(no_answer, golds, "no-answer probabilities")
    # With nothing answered, exactly the unanswerable questions are right.
    right = best = float(sum(not golds[id_] for id_ in no_answer))
    threshold = 0.0
    for probability, group in groupby(sorted(no_answer, key=no_answer.__getitem__), key=no_answer.__getitem__):
        right += sum(values[id_] if golds[id_] else -float(id_ in answered) for id_ in group)
        if right > best:
            best, threshold = right, probability
    return BestThreshold(best / len(golds), threshold)


def check_known(given: Collection[str], asked: Collection[str], what: str) -> None:
    """Raise a ValueError that names ids in `given` that are not in `asked`."""
    unknown = sorted(set(given) - set(asked))
    if unknown:
        strangers = f"{plural(len(unknown), 'question')} that {'is' if len(unknown) == 1 else 'are'} not in the set"
        expected = f"expected only ids of its {plural(len(asked), 'question')}"
        raise ValueError(f"{what} for {strangers}, such as {unknown[0]!r}; {expected}")


def _word_f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    if not given or not wanted:
        return float(not given and not wanted)
    same = sum((Counter(given) & Counter(wanted)).values())
    return 2 * same / (len(given) + len(wanted))


def _mean(scores: Sequence[AnswerScore]) -> GroupScore:
    count = len(scores)
    if count == 0:
        return GroupScore(0, 0.0, 0.0)
    return GroupScore(count, sum(score.em for score in scores) / count, sum(score.f1 for score in scores) / count)
