import json
import os
import platform
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import torch
from tokenizers import Tokenizer

from qa.reader.model import load_model
from qa.training import checkpoint, loop
from qa.training.data import Curation, read_data, split_off
from qa.training.features import Featuriser, collate
from qa.training.job import Job
from qa.training.loop import Step, pick_device, pick_precision, train
from qa.training.negatives import hard_negatives
from qa.training.recipe import Precision, Recipe
from qa.training.validation import Validation, ValidationExample, measure, trials
from qa.training.windows import Cutter
from tiny_model import PulledPlugError, write_made_up, write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

RECIPE = Recipe(
    epochs=4,
    learning_rate=3e-3,
    batch_tokens=400,
    max_tokens=64,
    negatives=0.2,
    held_out_percent=0,
    precision=Precision.FLOAT32,
    checkpoint_minutes=0,
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    start = write_tiny_model(tmp_path / "start")
    data = read_data([write_made_up(tmp_path / "data.jsonl")], Curation())
    return Job(data, start, tmp_path / "out", RECIPE, device="cpu")


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_model(folder).state_dict()


def test_a_made_up_set_of_50_questions_is_learned(job: Job) -> None:
    recipe = replace(RECIPE, epochs=60, checkpoint_minutes=60)
    train(replace(job, recipe=recipe))
    questions = job.data.questions
    assert len(questions) == 50
    asked = trials(questions, hard_negatives(questions), 50, 0)
    tokenizer = Tokenizer.from_file(str(job.out / "tokenizer.json"))
    result = measure(load_model(job.out), tokenizer, asked)
    assert (result.em, result.f1) == (1.0, 1.0)


def test_resuming_gives_the_weights_of_an_uninterrupted_training(job: Job, tmp_path: Path) -> None:
    steps: list[Step] = []
    train(replace(job, out=tmp_path / "whole"), steps.append)
    stop = len(steps) // 2

    def interrupt(step: Step) -> None:
        if step.number == stop:
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        train(job, interrupt)
    rest: list[Step] = []
    train(replace(job, resume=True), rest.append)
    assert [step.number for step in rest] == list(range(stop + 1, len(steps) + 1))
    assert [step.loss for step in rest] == [step.loss for step in steps[stop:]]
    whole, resumed = weights(tmp_path / "whole"), weights(job.out)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_the_same_seed_gives_the_same_weights_and_another_does_not(job: Job, tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        recipe = replace(RECIPE, epochs=1, seed=seed)
        train(replace(job, out=tmp_path / name, recipe=recipe))
        made.append(weights(tmp_path / name)["spans.qa_outputs.weight"])
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def test_the_report_says_what_went_in_and_what_came_out(job: Job) -> None:
    recipe = replace(RECIPE, epochs=1, held_out_percent=20, evaluate_minutes=0)
    result = train(replace(job, recipe=recipe))
    report = json.loads((job.out / "training.json").read_text(encoding="utf-8"))
    assert report["data"]["sha256"] == job.data.hashes
    assert report["data"]["used"] == {"trained_on": 50 - result.questions, "held_out": result.questions, "too_long": 0}
    assert report["recipe"]["learning_rate"] == 3e-3
    assert report["steps"] == len(report["curve"])
    assert report["result"]["f1"] == result.f1
    assert report["versions"]["torch"] == torch.__version__
    assert report["start"]["training"] is None
    assert 0 < result.questions < 25


def test_the_report_of_a_second_stage_holds_that_of_the_first(job: Job, tmp_path: Path) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1)))
    train(replace(job, recipe=replace(RECIPE, epochs=1, seed=8), start=job.out, out=tmp_path / "second"))
    first, second = (
        json.loads((folder / "training.json").read_text(encoding="utf-8")) for folder in (job.out, tmp_path / "second")
    )
    assert second["start"]["training"] == first


def test_a_checkpoint_of_another_training_is_refused(job: Job) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1)))
    with pytest.raises(ValueError, match=r"another training: its seed is 7, now it is 8"):
        train(replace(job, recipe=replace(RECIPE, epochs=1, seed=8), resume=True))


def test_a_damaged_checkpoint_is_refused(job: Job) -> None:
    job.out.mkdir()
    (job.out / checkpoint.FILE).write_bytes(b"no checkpoint")
    with pytest.raises(ValueError, match=r"state\.pt is damaged"):
        train(replace(job, resume=True))


def test_another_file_of_torch_is_no_checkpoint(job: Job) -> None:
    job.out.mkdir()
    torch.save({"weights": torch.zeros(1)}, job.out / checkpoint.FILE)
    with pytest.raises(ValueError, match=r"state\.pt is no checkpoint of a training; delete it"):
        train(replace(job, resume=True))


def test_a_checkpoint_of_other_data_is_refused(job: Job) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1)))
    recipe = replace(RECIPE, epochs=1)
    for other, said in (
        (replace(job.data, apart={"dev.json": "0123"}), "its kept apart is , now it is 0123"),
        (replace(job.data, joined=("made up",)), "its joined is , now it is made up"),
    ):
        with pytest.raises(ValueError, match=said):
            train(replace(job, data=other, recipe=recipe, resume=True))


def test_a_source_that_is_weighted_must_be_there(job: Job) -> None:
    with pytest.raises(ValueError, match="squad cannot be weighted: the data have no such source; they have made up"):
        train(replace(job, recipe=replace(RECIPE, weights={"squad": 2})))


def test_a_model_that_was_cut_off_is_damaged(job: Job) -> None:
    weights_of = job.start / "model.safetensors"
    weights_of.write_bytes(weights_of.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"the model in .* is damaged .*; copy or train it again"):
        train(job)


def test_there_is_nothing_to_resume_without_a_checkpoint(job: Job) -> None:
    with pytest.raises(FileNotFoundError, match="start without --resume"):
        train(replace(job, resume=True))


def test_a_full_disk_leaves_the_checkpoint_before_it(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1)))
    before = (job.out / checkpoint.FILE).read_bytes()

    def full(_state: object, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    model = load_model(job.start)
    learner = checkpoint.Learner(model, torch.optim.AdamW(model.trained()))
    with pytest.raises(OSError, match="the one before it is kept"):
        checkpoint.save_checkpoint(job.out, {}, checkpoint.Progress(), learner)
    assert (job.out / checkpoint.FILE).read_bytes() == before
    assert not list(job.out.glob("*.draft"))


def test_the_word_embeddings_are_not_trained(job: Job) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1)))
    name = "spans.bert.embeddings.word_embeddings.weight"
    assert torch.equal(weights(job.start)[name], weights(job.out)[name])


def test_frozen_layers_are_not_trained(job: Job) -> None:
    train(replace(job, recipe=replace(RECIPE, epochs=1, frozen_layers=1)))
    before, after = weights(job.start), weights(job.out)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert not {name for name in changed if "embeddings" in name or "layer.0." in name}
    assert "spans.bert.encoder.layer.1.output.dense.weight" in changed


def test_a_model_is_not_frozen_as_a_whole(job: Job) -> None:
    with pytest.raises(ValueError, match="frozen_layers is 2, the model has 2"):
        train(replace(job, recipe=replace(RECIPE, frozen_layers=2)))


def test_padding_changes_no_logit(job: Job) -> None:
    model = load_model(job.start).eval()
    featuriser = Featuriser(job.start / "tokenizer.json", 64)
    question, other = job.data.questions[0], job.data.questions[1]
    features = featuriser.features(question.question, Cutter(Random("0-0"), 0.12).with_answer(question))
    longer = featuriser.features(f"{other.question} " * 3, Cutter(Random("0-0"), 0.12).with_answer(other))
    alone, together = collate([tuple(features)]), collate([tuple(features), tuple(longer)])
    with torch.no_grad():
        one = model(alone.ids, alone.mask, alone.types)
        both = model(together.ids, together.mask, together.types)
    length = alone.ids.shape[1]
    torch.testing.assert_close(both.start[0, :length], one.start[0])
    torch.testing.assert_close(both.relevance[0], one.relevance[0])
    assert both.start[0, length:].tolist() == [-1e4] * (together.ids.shape[1] - length)


def test_the_learning_rate_rises_and_falls_in_straight_lines() -> None:
    recipe = Recipe(learning_rate=1.0, warmup=0.2)
    rates = [recipe.rate(progress) for progress in (0.0, 0.1, 0.2, 0.6, 1.0)]
    assert rates == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"negatives": 1.5}, "negatives is 1.5; give a share from 0 to 1"),
        ({"epochs": 0}, "epochs is 0; give a number above 0"),
        ({"minutes": -1.0}, "minutes is -1.0"),
        ({"negatives": 0.6, "perturbed": 0.5}, "negatives, 0.6, and perturbed, 0.5, are above 1 together"),
        ({"typos": 2}, "typos is 2; give a share"),
        ({"layer_decay": 0.0}, "layer_decay is 0.0; give a number above 0, up to 1"),
        ({"ema": 1.0}, "ema is 1.0; give a number from 0 to below 1"),
        ({"dropout": -0.1}, "dropout is -0.1"),
        ({"group_negatives": -1}, "group_negatives is -1; give 0 or more"),
        ({"group_negatives": 8}, "a group of 9 windows of up to 384 tokens does not fit into batch_tokens, 3072"),
        ({"weights": {"squad": -1}}, "below 0"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(settings: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Recipe(**settings)  # type: ignore[arg-type]


def test_a_device_that_is_not_there_is_refused() -> None:
    assert pick_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="none that torch knows"):
        pick_device("abacus")
    with pytest.raises(ValueError, match=r"device 'cuda:99' is not there: .*; use --device cpu"):
        pick_device("cuda:99")


def test_precision_is_as_asked_for() -> None:
    for precision in (Precision.BFLOAT16, Precision.FLOAT32):
        assert pick_precision(precision, torch.device("cpu")) is precision


@pytest.mark.parametrize(
    ("seconds", "picked"), [(0.7, Precision.BFLOAT16), (0.9, Precision.FLOAT32), (2.5, Precision.FLOAT32)]
)
def test_precision_is_bfloat16_where_that_is_much_faster(
    seconds: float, picked: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_seconds", lambda kind: seconds if kind is torch.bfloat16 else 1.0)
    assert pick_precision(Precision.AUTO, torch.device("cpu")) is picked
    assert pick_precision(Precision.AUTO, torch.device("cuda")) is Precision.BFLOAT16


def test_a_training_taken_up_again_keeps_its_precision(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(RECIPE, precision=Precision.AUTO, epochs=1)
    monkeypatch.setattr(loop, "pick_precision", lambda *_: Precision.FLOAT32)
    train(replace(job, recipe=recipe))
    monkeypatch.setattr(loop, "pick_precision", lambda *_: Precision.BFLOAT16)
    train(replace(job, recipe=recipe, resume=True))
    assert json.loads((job.out / "training.json").read_text())["machine"] == {
        "device": "cpu",
        "precision": "float32",
        "cores": os.cpu_count(),
        "processor": platform.machine(),
    }


def test_held_out_windows_are_read_whole_whatever_the_tokenizers_file_says(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = job.start / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(12)
    tokenizer.enable_padding(length=12)
    tokenizer.save(str(file))
    lengths: list[int] = []

    def note(_model: object, tokenizer: Tokenizer, asked: list[ValidationExample]) -> Validation:
        lengths.extend(len(tokenizer.encode(one.question.question, one.window.text).ids) for one in asked)
        return Validation(len(asked), 0.0, 0.0, 0.0, 0.0)

    monkeypatch.setattr(loop, "measure", note)
    train(replace(job, recipe=replace(RECIPE, epochs=1, held_out_percent=30)))
    assert lengths
    assert all(12 < length < RECIPE.max_tokens for length in lengths)


def test_no_text_is_both_trained_on_and_held_out(job: Job) -> None:
    training, held_out = split_off(job.data.questions, 20)
    assert held_out
    assert not {question.text for question in training} & {question.text for question in held_out}
