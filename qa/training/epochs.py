"""Epochs: on which window each question is trained, and in which form it is asked, drawn anew each time round."""

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context
from random import Random

from qa.training.data import Example, Text
from qa.training.features import Featuriser, Group, batches
from qa.training.headings import drawn_heading
from qa.training.perturbed import Perturber
from qa.training.query_noise import as_typed
from qa.training.recipe import Recipe
from qa.training.windows import Cutter, Window

LOT = 500
"""Questions that a process prepares at a time."""


class Epochs:
    """Questions, for each the texts that may be its negatives, and how they are made into batches.

    With more than one worker, as many processes prepare an epoch side by side; its batches are the same.
    """

    def __init__(
        self,
        questions: Sequence[Example],
        negatives: Sequence[Sequence[Text]],
        featuriser: Featuriser,
        recipe: Recipe,
        *,
        workers: int = 1,
    ) -> None:
        self._questions = questions
        self._negatives = negatives
        self._featuriser = featuriser
        self._recipe = recipe
        self._workers = workers
        self._perturber = Perturber(
            [question for question in questions if question.answered] if recipe.perturbed else ()
        )

    def batches(self, epoch: int) -> list[list[Group]]:
        """Return an epoch's batches: each question as often as its weight says, with its answer or without.

        All chance depends on the recipe's seed and the epoch's number, from 0, alone.

        Raises:
            ValueError: if the weights leave no question.
        """
        drawn = epoch if self._recipe.draws is None else epoch % self._recipe.draws
        key = f"{self._recipe.seed}-{drawn}"
        made = list(chain.from_iterable(self._lots(key)))
        if not made:
            raise ValueError(f"the weights {dict(self._recipe.weights)} leave no question; raise one")
        return batches(made, self._recipe.batch_tokens, Random(key))

    def _lots(self, key: str) -> Iterator[list[Group]]:
        starts = range(0, len(self._questions), LOT)
        if self._workers == 1:
            yield from (self._lot(key, start) for start in starts)
            return
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # each process has one core
        _FORKED[key] = self
        with ProcessPoolExecutor(self._workers, mp_context=get_context("fork")) as pool:
            yield from pool.map(_lot_of, [key] * len(starts), starts)
        del _FORKED[key]

    def _lot(self, key: str, start: int) -> list[Group]:
        """Return what is read for some of the questions, each with chance of its own."""
        made: list[Group] = []
        for number in range(start, min(start + LOT, len(self._questions))):
            question, random = self._questions[number], Random(f"{key}-{number}")
            weight = self._recipe.weights.get(question.text.source, 1.0)
            for _ in range(math.floor(weight) + (random.random() < weight % 1)):
                made += self._groups(question, self._negatives[number], random)
        return made

    def _groups(self, question: Example, others: Sequence[Text], random: Random) -> list[Group]:
        """Return what is read for a question once: each feature for itself, or all as one group."""
        recipe = self._recipe
        asked, window = self._asked(question, others, random)
        asked = as_typed(asked, window, recipe, random)
        features = self._featuriser.features(asked, self._headed(window, random))
        if question.text.source in recipe.doubtful and window.start >= 0:
            features = [replace(feature, doubtful=True) for feature in features]
        if recipe.group_negatives == 0 or not features:
            return [(feature,) for feature in features]
        for negative in Cutter(random, recipe.long_windows).more_without_answer(
            question, others, recipe.group_negatives, taken=window
        ):
            features += self._featuriser.features(asked, self._headed(negative, random))
        return [tuple(features)]

    def _headed(self, window: Window, random: Random) -> Window:
        """Return a window with the heading that it is read behind, for the recipe's share, or without any."""
        is_headed = window.heading and random.random() < self._recipe.headings
        return replace(window, heading=drawn_heading(window.heading, random) if is_headed else "")

    def _asked(self, question: Example, others: Sequence[Text], random: Random) -> tuple[str, Window]:
        """Return a question and the window it is asked over: one with the answer, without it, or it is perturbed."""
        recipe, lot = self._recipe, random.random()
        cutter = Cutter(random, recipe.long_windows)
        if not question.answered:
            return question.question, cutter.own(question)
        if lot < recipe.negatives and (without := cutter.without_answer(question, others)) is not None:
            return question.question, without
        window = cutter.with_answer(question)
        if recipe.negatives <= lot < recipe.negatives + recipe.perturbed:
            perturbed = self._perturber.perturbed(question, window, random)
            if perturbed is not None:
                return perturbed, Window(window.text, heading=window.heading)
        return question.question, window


_FORKED: dict[str, Epochs] = {}
"""What forked processes prepare: they find it here, as it was when they were forked."""


def _lot_of(key: str, start: int) -> list[Group]:
    return _FORKED[key]._lot(key, start)
