"""What a second stage of training adds to the loop, on the made-up set."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from qa.reader.model import load_model
from qa.training import checkpoint
from qa.training.data import Curation, read_data
from qa.training.job import Job
from qa.training.loop import Step, train
from qa.training.negatives import hard_negatives
from qa.training.objective import parameter_groups
from qa.training.recipe import Precision, Recipe
from qa.training.validation import measure, trials
from tiny_model import PulledPlugError, write_made_up, write_tiny_model, write_two_kinds

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

FIRST = Recipe(
    epochs=2,
    learning_rate=3e-3,
    batch_tokens=400,
    max_tokens=64,
    held_out_percent=0,
    precision=Precision.FLOAT32,
    checkpoint_minutes=0,
)
SECOND = replace(
    FIRST,
    group_negatives=3,
    perturbed=0.1,
    keywords=0.3,
    typos=0.3,
    every_mention=True,
    layer_decay=0.8,
    dropout=0.1,
    ema=0.95,
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    start = write_tiny_model(tmp_path / "start")
    data = read_data([write_made_up(tmp_path / "data.jsonl")], Curation())
    return Job(data, start, tmp_path / "out", SECOND, device="cpu")


def stop_in_the_middle(job: Job) -> None:
    def interrupt(step: Step) -> None:
        if step.progress > 0.5:
            raise PulledPlugError

    with pytest.raises(PulledPlugError):
        train(job, interrupt)


def test_groups_learn_the_answers_and_to_tell_windows_without_one(job: Job, tmp_path: Path) -> None:
    data = read_data([write_two_kinds(tmp_path / "kinds.jsonl")], Curation())
    recipe = replace(FIRST, epochs=60, group_negatives=3, ema=0.95, checkpoint_minutes=60)
    train(replace(job, data=data, recipe=recipe))
    questions = data.questions
    asked = trials(questions, hard_negatives(questions), 20, 0)
    result = measure(load_model(job.out), Tokenizer.from_file(str(job.out / "tokenizer.json")), asked)
    assert (result.em, result.f1, result.margin) == (1.0, 1.0, 1.0)


def test_resuming_with_all_of_a_second_stage_gives_the_same_weights(job: Job, tmp_path: Path) -> None:
    train(replace(job, out=tmp_path / "whole"))
    stop_in_the_middle(job)
    train(replace(job, resume=True))
    whole, resumed = load_model(tmp_path / "whole").state_dict(), load_model(job.out).state_dict()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_the_result_is_the_average_where_one_is_kept(job: Job) -> None:
    train(job)
    model = load_model(job.out)
    last = dict(zip(dict(model.named_parameters()), model.parameters(), strict=True))
    averages = torch.load(job.out / checkpoint.FILE, weights_only=True)["ema"]
    assert all(torch.equal(made, kept) for made, kept in zip(model.trained(), averages, strict=True))
    head = "spans.qa_outputs.weight"
    assert not torch.equal(last[head], torch.load(job.out / checkpoint.FILE, weights_only=True)["model"][head])


def test_each_layer_learns_less_than_the_one_above(job: Job) -> None:
    model = load_model(job.start)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    scales: dict[str, object] = {}
    for group in parameter_groups(model, 0.01, 0.5):
        parameters: list[torch.nn.Parameter] = group["params"]  # type: ignore[assignment]
        scales |= {names[id(parameter)]: group["scale"] for parameter in parameters}
        assert {group["weight_decay"]} == {0.01 if parameter.ndim > 1 else 0.0 for parameter in parameters}
    assert len(scales) == len(model.trained())
    assert {scale for name, scale in scales.items() if "layer.0." in name} == {0.5}
    assert {scale for name, scale in scales.items() if "layer.1." in name} == {1.0}
    assert {scale for name, scale in scales.items() if ".embeddings." in name} == {0.25}
    assert (scales["relevance.weight"], scales["spans.qa_outputs.bias"]) == (1.0, 1.0)


def test_without_layer_decay_there_are_two_groups(job: Job) -> None:
    model = load_model(job.start)
    matrices, others = (group["params"] for group in parameter_groups(model, 0.01, 1.0))
    assert matrices == [parameter for parameter in model.trained() if parameter.ndim > 1]
    assert others == [parameter for parameter in model.trained() if parameter.ndim == 1]


@pytest.mark.parametrize(("dropout", "expected"), [(None, 0.0), (0.3, 0.3)])
def test_dropout_is_the_model_s_own_unless_told(job: Job, dropout: float | None, expected: float) -> None:
    config = load_model(job.start, dropout=dropout).spans.config
    assert (config.hidden_dropout_prob, config.attention_probs_dropout_prob) == (expected, 0.0)  # type: ignore[union-attr]
