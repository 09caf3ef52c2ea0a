"""Settings: each from its environment variable, and what is said of a value that does not fit."""

from dataclasses import fields
from pathlib import Path

import pytest

from embeddings.locations import FolderPlace
from qa.settings import Settings

GIVEN: dict[str, tuple[str, object]] = {
    "archive": ("/news/archive", FolderPlace(Path("/news/archive"))),
    "encoder": ("some/model", "some/model"),
    "reader": ("readers/mine", "readers/mine"),
    "cache": ("/var/cache/models", Path("/var/cache/models")),
    "feedback": ("/var/lib/feedback.jsonl", Path("/var/lib/feedback.jsonl")),
    "k": ("20", 20),
    "read": ("6", 6),
    "candidates": ("200", 200),
    "vector_weight": ("0.25", 0.25),
    "heading_weight": ("0.75", 0.75),
    "recency_weight": ("0.3", 0.3),
    "latest_weight": ("0.6", 0.6),
    "relevance_weight": ("0.75", 0.75),
    "stop_confidence": ("0.9", 0.9),
    "answerable": ("0.8", 0.8),
    "threshold": ("0.75", 0.75),
    "further_threshold": ("0.35", 0.35),
    "max_answers": ("3", 3),
}
"""For each setting, a value as the environment has it, and as the program does."""

NAMES = [field.name for field in fields(Settings)]


def test_every_setting_is_tried_here() -> None:
    assert list(GIVEN) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_setting_comes_from_its_variable_and_changes_no_other(name: str) -> None:
    text, value = GIVEN[name]
    changed = Settings.from_env({f"PRESSMARK_{name.upper()}": text})
    assert getattr(changed, name) == value
    assert type(getattr(changed, name)) is type(value)
    others = [other for other in NAMES if other != name]
    assert [getattr(changed, other) for other in others] == [getattr(Settings(), other) for other in others]


def test_settings_without_variables_are_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()
    assert (Settings().archive, Settings().encoder) == (FolderPlace(Path(".pressmark")), "all-MiniLM-L6-v2")
    assert (Settings().k, Settings().reader, Settings().threshold) == (20, "careful", None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["", "  "])
def test_empty_variable_is_the_default(name: str, text: str) -> None:
    assert Settings.from_env({f"PRESSMARK_{name.upper()}": text}) == Settings()


def test_settings_are_read_from_the_environment_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_K", " 7 ")
    assert Settings.from_env().k == 7


def test_variables_of_other_programs_are_left_alone() -> None:
    assert Settings.from_env({"K": "many", "PRESSMARK": "x", "PRESSMARK_OTHER": "y"}) == Settings()


@pytest.mark.parametrize(("text", "value"), [("0", 0.0), ("0.0", 0.0), ("1", 1.0)])
def test_bounds_of_a_fraction_are_values_of_their_own(text: str, value: float) -> None:
    variables = ("PRESSMARK_THRESHOLD", "PRESSMARK_VECTOR_WEIGHT", "PRESSMARK_FURTHER_THRESHOLD")
    settings = Settings.from_env(dict.fromkeys(variables, text))
    assert (settings.threshold, settings.vector_weight, settings.further_threshold) == (value, value, value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("k", "many", "PRESSMARK_K is 'many'; give a number"),
        ("k", "2.5", "PRESSMARK_K is '2.5'; give a number"),
        ("k", "0", "PRESSMARK_K: k is 0; k is the number of passages to look through, a whole number from 1 to 100"),
        ("k", "-1", "PRESSMARK_K: k is -1; "),
        ("k", "1000", "PRESSMARK_K: k is 1000; "),
        ("candidates", "none", "PRESSMARK_CANDIDATES is 'none'; give a number"),
        ("candidates", "0", "PRESSMARK_CANDIDATES is 0; give a whole number from 1"),
        ("read", "0", "PRESSMARK_READ is 0; give a whole number from 1"),
        ("answerable", "80", "PRESSMARK_ANSWERABLE is 80.0; give a number from 0 to 1"),
        ("max_answers", "all", "PRESSMARK_MAX_ANSWERS is 'all'; give a number"),
        ("max_answers", "-2", "PRESSMARK_MAX_ANSWERS is -2; give a whole number from 1"),
        ("vector_weight", "half", "PRESSMARK_VECTOR_WEIGHT is 'half'; give a number"),
        ("vector_weight", "1.5", "PRESSMARK_VECTOR_WEIGHT is 1.5; give a number from 0 to 1"),
        ("vector_weight", "nan", "PRESSMARK_VECTOR_WEIGHT is nan; give a number from 0 to 1"),
        ("stop_confidence", "2", "PRESSMARK_STOP_CONFIDENCE is 2.0; give a number from 0 to 1"),
        ("further_threshold", "-1", "PRESSMARK_FURTHER_THRESHOLD is -1.0; give a number from 0 to 1"),
        ("threshold", "high", "PRESSMARK_THRESHOLD is 'high'; give a number"),
        ("threshold", "-0.1", "PRESSMARK_THRESHOLD is -0.1; give a number from 0 to 1"),
        ("threshold", "nan", "PRESSMARK_THRESHOLD is nan; give a number from 0 to 1"),
        ("threshold", "inf", "PRESSMARK_THRESHOLD is inf; give a number from 0 to 1"),
    ],
)
def test_value_that_does_not_fit_is_refused_naming_variable_and_value(name: str, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}"):
        Settings.from_env({f"PRESSMARK_{name.upper()}": text})
