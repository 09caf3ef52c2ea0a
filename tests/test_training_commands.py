"""`pressmark train reader` on the tiny model."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.training.commands import reader
from qa.training.recipe import Recipe
from tiny_model import write_made_up, write_tiny_model

pytestmark = pytest.mark.slow


def test_the_command_trains_and_says_how_it_went(tmp_path: Path) -> None:
    start, data = write_tiny_model(tmp_path / "start"), write_made_up(tmp_path / "data.jsonl")
    options = ["--start", str(start), "--out", str(tmp_path / "out"), "--epochs", "1", "--device", "cpu"]
    run = CliRunner().invoke(reader, [str(data), *options, "--weight", "made up=2"])
    assert run.exit_code == 0, run.output
    assert "held-out questions EM" in run.output
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_the_command_takes_a_second_stage_s_settings(tmp_path: Path) -> None:
    start, data = write_tiny_model(tmp_path / "start"), write_made_up(tmp_path / "data.jsonl")
    options = ["--start", str(start), "--out", str(tmp_path / "out"), "--epochs", "0.2", "--device", "cpu"]
    given = ["--group-negatives", "2", "--perturbed", "0.1", "--ema", "0.99", "--layer-decay", "0.9"]
    given += ["--dropout", "0.2", "--frozen-layers", "1", "--every-mention", "--keywords", "0.3", "--typos", "0.2"]
    run = CliRunner().invoke(reader, [str(data), *options, *given, "--weight", "made up=2"])
    assert run.exit_code == 0, run.output
    recipe = json.loads((tmp_path / "out" / "training.json").read_text(encoding="utf-8"))["recipe"]
    names = [option.removeprefix("--").replace("-", "_") for option in given if option.startswith("--")]
    assert [recipe[name] for name in names] == [2, 0.1, 0.99, 0.9, 0.2, 1, True, 0.3, 0.2]
    assert recipe["weights"] == {"made up": 2.0}


def test_the_command_has_the_recipe_s_defaults() -> None:
    given = {option.name: option.default for option in reader.params}
    names = {field.name for field in fields(Recipe)} & set(given) - {"weights"}
    assert len(names) > 15
    assert {name: given[name] for name in names} == {name: getattr(Recipe(), name) for name in names}


def test_the_command_names_what_is_missing(tmp_path: Path) -> None:
    run = CliRunner().invoke(reader, [str(tmp_path / "none.jsonl"), "--start", str(tmp_path)])
    assert run.exit_code == 1
    assert "none.jsonl" in run.output


def test_the_command_refuses_a_weight_without_a_number(tmp_path: Path) -> None:
    run = CliRunner().invoke(reader, ["data.jsonl", "--weight", "squad"])
    assert run.exit_code == 2
    assert "give SOURCE=NUMBER" in run.output
