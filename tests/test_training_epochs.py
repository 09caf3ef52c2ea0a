"""An epoch's batches: what is in them, and that they stay what they were."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa.training.data import Curation, Example, read_data
from qa.training.epochs import Epochs
from qa.training.features import Feature, Featuriser
from qa.training.recipe import Recipe
from tiny_model import write_made_up, write_tiny_model

pytestmark = pytest.mark.slow

RECIPE = Recipe(batch_tokens=400, max_tokens=64, negatives=0.3, typed=0.2, weights={"made up": 1.5})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_tiny_model(tmp_path_factory.mktemp("epochs"))
    write_made_up(path / "data.jsonl")
    return path


def epochs(
    folder: Path, recipe: Recipe = RECIPE, *, joined: tuple[str, ...] = ("made up",), workers: int = 1
) -> Epochs:
    """The made-up questions; the negatives of each are the first five texts without its answer."""
    questions: tuple[Example, ...] = read_data([folder / "data.jsonl"], Curation(joined=joined)).questions
    texts = list(dict.fromkeys(question.text for question in questions))
    negatives = [tuple(text for text in texts if one.answer not in text.text)[:5] for one in questions]
    featuriser = Featuriser(folder / "tokenizer.json", recipe.max_tokens)
    return Epochs(questions, negatives, featuriser, recipe, workers=workers)


def test_an_epoch_is_the_same_however_many_processes_prepare_it(folder: Path) -> None:
    alone, together = epochs(folder), epochs(folder, workers=2)
    assert together.batches(1) == alone.batches(1)
    assert alone.batches(1) != alone.batches(0)


def test_epochs_beyond_those_drawn_anew_are_the_first_ones_again(folder: Path) -> None:
    drawn = epochs(folder, replace(RECIPE, draws=2))
    assert drawn.batches(2) == drawn.batches(0)
    assert drawn.batches(1) != drawn.batches(0)


def test_weights_that_leave_no_question_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="leave no question"):
        epochs(folder, replace(RECIPE, weights={"made up": 0})).batches(0)


def test_a_group_is_the_windows_of_one_question_of_which_one_holds_the_answer(folder: Path) -> None:
    recipe = replace(RECIPE, group_negatives=3, negatives=0.0, typed=0.0, batch_tokens=1000)
    groups = [group for batch in epochs(folder, recipe, joined=()).batches(0) for group in batch]
    assert 50 <= len(groups) <= 100
    assert {len(group) for group in groups} == {4}
    assert [sum(row.first > 0 for row in group) for group in groups] == [1] * len(groups)
    assert all(len({row.ids for row in group}) == 4 for group in groups)
    assert all(len({asked(row) for row in group}) == 1 for group in groups)


def test_some_groups_have_no_answer_at_all(folder: Path) -> None:
    recipe = replace(RECIPE, group_negatives=2, negatives=0.3, batch_tokens=1000)
    groups = [group for batch in epochs(folder, recipe, joined=()).batches(0) for group in batch]
    without = sum(all(row.first == 0 for row in group) for group in groups)
    assert 0.15 < without / len(groups) < 0.45
    assert {len(group) for group in groups} == {3}


def test_a_share_of_the_questions_is_perturbed_and_has_no_answer_in_its_own_window(folder: Path) -> None:
    recipe = replace(RECIPE, negatives=0.0, typed=0.0, perturbed=0.4, weights={"made up": 4})
    rows = [row for batch in epochs(folder, recipe, joined=()).batches(0) for (row,) in batch]
    assert len(rows) == 200
    assert 0.3 < sum(row.first == 0 for row in rows) / len(rows) < 0.5
    assert len({asked(row) for row in rows if row.first}) <= 50  # those of the data, as they are


def asked(row: Feature) -> tuple[int, ...]:
    """The question's tokens."""
    return row.ids[: row.types.index(1)]


def test_a_perturbed_question_s_group_has_no_answer(folder: Path) -> None:
    recipe = replace(RECIPE, negatives=0.0, perturbed=1.0, group_negatives=2)
    groups = [group for batch in epochs(folder, recipe, joined=()).batches(0) for group in batch]
    assert {len(group) for group in groups} == {3}
    assert {row.first for group in groups for row in group} == {0}
