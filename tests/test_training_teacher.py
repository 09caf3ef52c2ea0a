"""A teacher's logits over a student's windows: the right ones, at the right tokens, kept and found again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from qa.reader.model import NEVER, load_model
from qa.training.data import Curation, read_data
from qa.training.features import Feature, Featuriser, collate
from qa.training.job import Job
from qa.training.loop import SOFT_TARGETS, train
from qa.training.objective import Weights, agreeing, loss, soft_loss
from qa.training.recipe import Precision, Recipe
from qa.training.teacher import KeptTargets, SoftTargets, Teacher
from qa.training.windows import Window
from tiny_model import PulledPlugError, write_made_up, write_tiny_model, write_tiny_teacher

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

CPU = torch.device("cpu")
QUESTION = "What does Anna own?"
TEXT = "There Anna owns a red house by the river."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("teacher")
    write_tiny_teacher(path / "teacher")
    write_tiny_model(path / "start")
    return path


@pytest.fixture(scope="module")
def teacher(folder: Path) -> Teacher:
    return Teacher(folder / "teacher", folder / "start" / "tokenizer.json", device=CPU, bfloat16=False)


def features(folder: Path) -> list[Feature]:
    """A window behind a heading, and a shorter one without."""
    featuriser = Featuriser(folder / "start" / "tokenizer.json", 64)
    windows = Window(TEXT, 16, 27, heading="the farm"), Window(TEXT[:15])
    return [feature for window in windows for feature in featuriser.features(QUESTION, window)]


def test_targets_are_the_teacher_s_own_logits_at_the_student_s_tokens(folder: Path, teacher: Teacher) -> None:
    rows = features(folder)
    targets = teacher.targets(rows)
    tokenizer = Tokenizer.from_file(str(folder / "teacher" / "tokenizer.json"))
    # <s> what does anna own ? </s> </s> the farm [·] there anna owns a red house by the river . </s>
    encoding = tokenizer.encode(QUESTION, f"the farm ·\n{TEXT}")
    ids = torch.tensor([encoding.ids])
    with torch.no_grad():
        own = load_model(folder / "teacher").eval()(ids, torch.ones_like(ids), torch.zeros_like(ids))
    assert encoding.tokens[11] == "there"
    assert rows[0].passage == 10
    expected = torch.full((21,), NEVER)
    expected[0], expected[10:20] = own.start[0, 0], own.start[0, 11:21]
    assert torch.allclose(targets.start[0], expected, atol=1e-5)
    assert targets.end.shape == (2, 21)
    assert (targets.end[1] > NEVER / 2).sum() == 4  # [CLS] there anna owns


def test_a_teacher_of_another_vocabulary_is_refused(folder: Path, tmp_path: Path) -> None:
    other = write_tiny_teacher(tmp_path, "river", "boats")
    with pytest.raises(ValueError, match=r"another vocabulary: 2 of the student's word pieces, such as 'boats'"):
        Teacher(other, folder / "start" / "tokenizer.json", device=CPU, bfloat16=False)


class NoMoreError(Exception):
    """Raised by a teacher that is asked again."""


class Silent(Teacher):
    """Has a digest, and nothing to say."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def targets(self, features: object) -> SoftTargets:
        raise NoMoreError


def test_what_a_teacher_said_is_kept_by_content(folder: Path, teacher: Teacher, tmp_path: Path) -> None:
    rows = features(folder)
    said = KeptTargets(tmp_path, teacher).targets(rows)
    kept = KeptTargets(tmp_path, Silent(teacher.digest))
    again = kept.targets(rows)
    assert torch.allclose(again.start, said.start, atol=2e-3)
    assert torch.allclose(again.end, said.end, atol=2e-3)
    with pytest.raises(NoMoreError):
        kept.targets(rows[:1])
    with pytest.raises(NoMoreError):
        KeptTargets(tmp_path, Silent("another")).targets(rows)


@pytest.mark.parametrize("harm", ["cut", "another text's", "of another length"])
def test_kept_targets_that_are_not_these_are_refused(folder: Path, teacher: Teacher, tmp_path: Path, harm: str) -> None:
    rows = features(folder)
    kept = KeptTargets(tmp_path, teacher)
    kept.targets(rows)
    (path,) = tmp_path.rglob("*.npz")
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:200])
    else:
        name = path.stem if harm == "of another length" else "0" * 64
        with path.open("wb") as file:
            np.savez(file, name=np.array(name), start=np.zeros(3), end=np.zeros(3))
    with pytest.raises(ValueError, match="damaged" if harm == "cut" else "of another text; delete the file"):
        kept.targets(rows)


ROW = Feature((2, 5, 3, 6, 7, 3), (0, 0, 0, 1, 1, 1), 3, 4, second=3, passage=3)
BATCH = collate([(ROW,)])


def logits(start: tuple[float, ...], end: tuple[float, ...]) -> SoftTargets:
    return SoftTargets(torch.tensor([start]), torch.tensor([end]))


def test_the_soft_loss_is_the_divergence_over_no_answer_and_passage_at_the_temperature() -> None:
    from qa.reader.model import Logits

    given = logits((0.0, 9.0, 9.0, 2.0, 0.0, 9.0), (0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    own = Logits(given.start, given.end, torch.zeros(1))
    taught = logits((0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    # Of tokens 0, 3 and 4, at temperature 2: own e^0, e^1, e^0 over e + 2; wanted a third each; the ends agree.
    share = [1 / (np.e + 2), np.e / (np.e + 2), 1 / (np.e + 2)]
    expected = 4 * sum(np.log(1 / 3 / one) / 3 for one in share) / 2
    assert float(soft_loss(own, BATCH, taught, 2.0)) == pytest.approx(expected, rel=1e-5)


def test_an_unlabelled_text_costs_only_what_the_teacher_has_for_it() -> None:
    from qa.reader.model import Logits

    unlabelled = collate([(replace(ROW, labelled=False, first=0, last=0),)])
    own = Logits(torch.rand(1, 6), torch.rand(1, 6), torch.rand(1))
    taught = SoftTargets(torch.rand(1, 6), torch.rand(1, 6))
    weights = Weights(own=0.5, relevance=0.3, soft=0.7, temperature=2.0)
    expected = 0.7 * float(soft_loss(own, unlabelled, taught, 2.0))
    assert float(loss(own, unlabelled, weights, taught)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("first", "last", "agrees"), [(3, 3, True), (4, 4, True), (3, 4, True), (0, 0, False), (4, 3, False)]
)
def test_a_teacher_agrees_where_its_answer_shares_a_token(first: int, last: int, agrees: bool) -> None:
    start, end = ([5.0 * (token == at) for token in range(6)] for at in (first, last))
    assert bool(agreeing(BATCH, logits(tuple(start), tuple(end)))[0]) is agrees


RECIPE = Recipe(
    epochs=2, draws=1, batch_tokens=400, max_tokens=64, held_out_percent=0, precision=Precision.FLOAT32,
    checkpoint_minutes=0, headings=0.5, doubtful=("made up",),
)  # fmt: skip


def test_a_training_with_a_teacher_goes_on_as_if_nothing_had_been(folder: Path, tmp_path: Path) -> None:
    data = read_data([write_made_up(tmp_path / "data.jsonl")], Curation())
    job = Job(data, folder / "start", tmp_path / "whole", RECIPE, device="cpu", teacher=folder / "teacher")
    train(job)

    def pull(step: object) -> None:
        if getattr(step, "number", 0) == 5:
            raise PulledPlugError

    pieces = replace(job, out=tmp_path / "pieces")
    with pytest.raises(PulledPlugError):
        train(pieces, pull)
    train(replace(pieces, resume=True))
    whole, resumed = (load_model(tmp_path / name).state_dict() for name in ("whole", "pieces"))
    assert all(torch.equal(value, resumed[name]) for name, value in whole.items())
    names = [{path.name for path in (tmp_path / name / SOFT_TARGETS).rglob("*.npz")} for name in ("whole", "pieces")]
    assert names[0] == names[1]


def test_doubtful_answers_without_a_teacher_are_refused(folder: Path, tmp_path: Path) -> None:
    data = read_data([write_made_up(tmp_path / "data.jsonl")], Curation())
    with pytest.raises(ValueError, match=r"the answers of \('made up',\) are doubtful, which takes a teacher"):
        train(Job(data, folder / "start", tmp_path / "out", RECIPE, device="cpu"))
