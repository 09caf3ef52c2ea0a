"""Questions of a training as people type them in a hurry."""

from random import Random

from qa.evaluation.questions.typed import Form, in_form
from qa.training.recipe import Recipe
from qa.training.windows import Window


def as_typed(question: str, window: Window, recipe: Recipe, random: Random) -> str:
    """Return the question, or for the recipe's share what people type in a hurry: lower case, no question mark.

    Of these, the recipe's shares are keywords only, and have a typo, in no word that is capitalised in the window.
    """
    if random.random() >= recipe.typed:
        return question
    typed = in_form(question, Form.PLAIN, window.text, random)
    if recipe.keywords and random.random() < recipe.keywords:
        typed = in_form(typed, Form.KEYWORDS, window.text, random)
    if recipe.typos and random.random() < recipe.typos:
        typed = in_form(typed, Form.TYPO, window.text, random)
    return typed
