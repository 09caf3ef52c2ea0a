"""Epochs: on which window each question is trained, and in which form it is asked, drawn anew each time round."""

import math
from collections.abc import Sequence
from random import Random

from qa.training.data import Question, Text
from qa.training.features import Featuriser, Group, batches
from qa.training.recipe import Recipe
from qa.training.twisting import Twister
from qa.training.typing_forms import as_typed
from qa.training.windows import Cutter, Window


class Epochs:
    """Questions, for each the texts that may be its negatives, and how they are made into batches."""

    def __init__(
        self,
        questions: Sequence[Question],
        negatives: Sequence[Sequence[Text]],
        featuriser: Featuriser,
        recipe: Recipe,
    ) -> None:
        self._questions = questions
        self._negatives = negatives
        self._featuriser = featuriser
        self._recipe = recipe
        self._twister = Twister(questions if recipe.twisted else ())

    def batches(self, random: Random) -> list[list[Group]]:
        """Return an epoch's batches: each question as often as its weight says, with its answer or without.

        Raises:
            ValueError: if the weights leave no question.
        """
        made = list[Group]()
        for question, others in zip(self._questions, self._negatives, strict=True):
            weight = self._recipe.weights.get(question.text.source, 1.0)
            for _ in range(math.floor(weight) + (random.random() < weight % 1)):
                made += self._groups(question, others, random)
        if not made:
            raise ValueError(f"the weights {dict(self._recipe.weights)} leave no question; raise one")
        return batches(made, self._recipe.batch_tokens, random)

    def _groups(self, question: Question, others: Sequence[Text], random: Random) -> list[Group]:
        """Return what is read for a question once: each feature for itself, or all as one group."""
        recipe = self._recipe
        asked, window = self._asked(question, others, random)
        asked = as_typed(asked, window, recipe, random)
        features = self._featuriser.features(asked, window)
        if recipe.group_negatives == 0 or not features:
            return [(feature,) for feature in features]
        for negative in Cutter(random, recipe.long_windows).more_without_answer(
            question, others, recipe.group_negatives, taken=window
        ):
            features += self._featuriser.features(asked, negative)
        return [tuple(features)]

    def _asked(self, question: Question, others: Sequence[Text], random: Random) -> tuple[str, Window]:
        """Return a question and the window it is asked over: one with the answer, without it, or it is twisted."""
        recipe, lot = self._recipe, random.random()
        cutter = Cutter(random, recipe.long_windows)
        if lot < recipe.negatives and (without := cutter.without_answer(question, others)) is not None:
            return question.question, without
        window = cutter.with_answer(question)
        if recipe.negatives <= lot < recipe.negatives + recipe.twisted:
            twisted = self._twister.twisted(question, window, random)
            if twisted is not None:
                return twisted, Window(window.text)
        return question.question, window
