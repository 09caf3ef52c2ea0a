"""Epochs: on which window each question is trained, and in which form it is asked, drawn anew each time round."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from qa.training.data import Question, Text
from qa.training.features import Featuriser, Group, batches
from qa.training.recipe import Recipe
from qa.training.typing_forms import as_typed
from qa.training.windows import more_without_answer, with_answer, without_answer


@dataclass(frozen=True, slots=True)
class Epochs:
    """Questions, for each the texts that may be its negatives, and how they are made into batches."""

    questions: Sequence[Question]
    negatives: Sequence[Sequence[Text]]
    featuriser: Featuriser
    recipe: Recipe

    def batches(self, random: Random) -> list[list[Group]]:
        """Return an epoch's batches: each question as often as its weight says, with its answer or without.

        Raises:
            ValueError: if the weights leave no question.
        """
        made = list[Group]()
        for question, others in zip(self.questions, self.negatives, strict=True):
            weight = self.recipe.weights.get(question.text.source, 1.0)
            for _ in range(math.floor(weight) + (random.random() < weight % 1)):
                made += self._groups(question, others, random)
        if not made:
            raise ValueError(f"the weights {dict(self.recipe.weights)} leave no question; raise one")
        return batches(made, self.recipe.batch_tokens, random)

    def _groups(self, question: Question, others: Sequence[Text], random: Random) -> list[Group]:
        """Return what is read for a question once: each feature for itself, or all as one group."""
        recipe = self.recipe
        window = without_answer(question, others, random) if random.random() < recipe.negatives else None
        window = with_answer(question, random) if window is None else window
        asked = as_typed(question.question, window, recipe, random)
        features = self.featuriser.features(asked, window)
        if recipe.group_negatives == 0 or not features:
            return [(feature,) for feature in features]
        for negative in more_without_answer(question, others, recipe.group_negatives, random, taken=window):
            features += self.featuriser.features(asked, negative)
        return [tuple(features)]
