from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from qa.training.data import Example, Text
from qa.training.features import Feature, Featuriser, batches, collate
from qa.training.windows import Window
from tiny_model import write_tiny_model

pytestmark = pytest.mark.slow

TEXT = "In Baku lives Anna since spring. There Anna owns a red house by the river."


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny")) / "tokenizer.json"


def window(answer: str) -> Window:
    start = TEXT.index(answer)
    return Window(TEXT, start, start + len(answer))


def test_a_feature_marks_the_first_and_last_token_of_the_answer(tokenizer: Path) -> None:
    (feature,) = Featuriser(tokenizer, 64).features("What does Anna own?", window("a red house"))
    # [CLS] what does anna own ? [SEP] in baku lives anna since spring . there anna owns a red house ...
    assert (feature.first, feature.last) == (17, 19)
    assert feature.types == (0,) * 7 + (1,) * (len(feature.ids) - 7)


def test_a_window_without_the_answer_is_labelled_at_the_first_token(tokenizer: Path) -> None:
    (feature,) = Featuriser(tokenizer, 64).features("What does Anna own?", Window(TEXT))
    assert (feature.first, feature.last) == (0, 0)


def test_a_long_window_slides_and_only_those_with_the_whole_answer_are_positive(tokenizer: Path) -> None:
    start = 40 * len(f"{TEXT} ") + TEXT.index("a red house")
    long = Window(" ".join([TEXT] * 60), start, start + len("a red house"))
    featuriser = Featuriser(tokenizer, 256)
    found = featuriser.features("What does Anna own?", long)
    house = found[0].ids[17:20]
    assert len(found) > 3
    positive = [feature for feature in found if feature.first]
    assert 1 <= len(positive) <= 2
    assert all(feature.ids[feature.first : feature.last + 1] == house for feature in positive)


def test_an_answer_longer_than_the_reader_gives_makes_no_feature(tokenizer: Path) -> None:
    text = " ".join([TEXT] * 4)
    assert Featuriser(tokenizer, 128).features("What?", Window(text, 0, len(text))) == []


def test_the_passage_begins_behind_its_heading_and_the_answer_is_in_it(tokenizer: Path) -> None:
    headed = replace(window("Anna"), heading="Anna owns a red house")
    (feature,) = Featuriser(tokenizer, 64).features("Who?", headed)
    # [CLS] who ? [SEP] anna owns a red house [·] in baku lives anna ...
    assert (feature.second, feature.passage) == (4, 10)
    assert feature.spans == ((13, 13),)
    assert collate([(feature,)]).passages[0].nonzero()[:, 0].tolist() == [0, *range(10, len(feature.ids) - 1)]


def test_every_mention_of_the_answer_counts_if_told(tokenizer: Path) -> None:
    twice = Window(f"{TEXT} Anna sold anna her boats.", TEXT.index("Anna"), TEXT.index("Anna") + 4)
    (marked,) = Featuriser(tokenizer, 64).features("Who?", twice)
    (every,) = Featuriser(tokenizer, 64, every_mention=True).features("Who?", twice)
    assert marked.spans == ((7, 7),)
    assert every.spans == ((7, 7), (12, 12), (21, 21), (23, 23))
    batch = collate([(every,)])
    assert batch.starts[0].nonzero()[:, 0].tolist() == [7, 12, 21, 23]
    assert batch.ends[0].nonzero()[:, 0].tolist() == [7, 12, 21, 23]


def test_with_every_mention_a_window_without_the_answer_stays_without(tokenizer: Path) -> None:
    (feature,) = Featuriser(tokenizer, 64, every_mention=True).features("Who?", Window(TEXT))
    assert feature.spans == ((0, 0),)


def test_a_question_or_an_answer_longer_than_the_reader_reads_does_not_fit(tokenizer: Path) -> None:
    featuriser = Featuriser(tokenizer, 64)
    for most in (80, 60):
        text = "what " * 100
        whole, more = (text[: 5 * count - 1] for count in (most, most + 1))
        asked = [(whole, "what"), (more, "what")] if most == 80 else [("what", whole), ("what", more)]
        fits = [featuriser.fits(Example(question, Text(text, ""), 0, len(answer), "")) for question, answer in asked]
        assert fits == [True, False]


def test_batches_hold_every_group_once_and_no_more_tokens_than_allowed() -> None:
    groups = [tuple(Feature((n,) * (1 + (n + k) % 25), (), 0, 0) for k in range(1 + n % 4)) for n in range(1000)]
    made = batches(groups, 100, Random(0))
    assert sorted(group[0].ids[0] for batch in made for group in batch) == list(range(1000))
    rows = [[feature for group in batch for feature in group] for batch in made]
    assert all(len(batch) * max(len(feature.ids) for feature in batch) <= 100 for batch in rows)


def test_a_group_larger_than_a_batch_is_a_batch() -> None:
    assert len(batches([(Feature((1,) * 50, (), 0, 0),) * 3] * 2, 100, Random(0))) == 2


def test_features_are_padded_to_the_longest() -> None:
    batch = collate([(Feature((5, 6), (0, 1), 1, 1),), (Feature((7, 8, 9), (0, 1, 1), 0, 0),)])
    assert batch.ids.tolist() == [[5, 6, 0], [7, 8, 9]]
    assert batch.types.tolist() == [[0, 1, 0], [0, 1, 1]]
    assert batch.mask.tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch.starts.tolist() == [[False, True, False], [True, False, False]]


def test_the_rows_of_a_batch_carry_their_group() -> None:
    one, other = Feature((5, 6, 7), (0, 1, 1), 1, 2), Feature((7, 8), (0, 1), 0, 0)
    batch = collate([(other,), (one, other, other), (one,)])
    assert batch.groups.tolist() == [0, 1, 1, 1, 2]
    assert batch.starts.long().argmax(dim=1).tolist() == [0, 1, 0, 0, 1]
    assert batch.ends.long().argmax(dim=1).tolist() == [0, 2, 0, 0, 2]
