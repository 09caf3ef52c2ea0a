"""What the words for a confidence were measured to mean: counted by hand, told the same everywhere."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from qa.confidence import FILE, Calibration, Regression
from qa.confidence_words import (
    CONFIDENCE_WORDS,
    ENOUGH,
    WordShare,
    confidence_explained,
    word_shares,
    words_explained,
    words_to_json,
)
from qa.reader.load import models_of, pair_folders, reader_folder
from web_fakes import FakePipeline, FakeReaders, app_over, signed_prediction

MEASURED = (WordShare(90, 0.9485, 544), WordShare(66, 0.8, ENOUGH - 1), WordShare(25, 0.5, ENOUGH))
SAID = (
    "virtually certain from 99 %, very likely from 90 % (95 in 100 were right), likely from 66 %, "
    "about as likely as not from 25 % (50 in 100 were right); measured on questions that were kept apart for it"
)
RANGES = "virtually certain from 99 %, very likely from 90 %, likely from 66 %, about as likely as not from 25 %"


def test_shares_are_counted_by_the_word_that_stands_beside_an_answer() -> None:
    rated = [(0.894, True), (0.896, True), (0.9, False), (0.98, True), (0.245, False), (0.26, True), (0.1, True)]
    assert word_shares(rated) == (WordShare(90, 0.6667, 3), WordShare(66, 1.0, 1), WordShare(25, 1.0, 1))
    assert word_shares([]) == ()


def test_words_are_explained_by_what_was_measured_often_enough_else_by_their_range() -> None:
    assert words_explained(MEASURED) == SAID
    assert words_explained(()) == RANGES
    assert SAID in confidence_explained(MEASURED)


def test_words_as_json() -> None:
    told = words_to_json(MEASURED)
    assert told[:2] == [
        {"word": "virtually certain", "percent": 99, "right": None, "answers": None},
        {"word": "very likely", "percent": 90, "right": 0.9485, "answers": 544},
    ]
    assert [each["answers"] for each in told] == [None, 544, None, ENOUGH]


def test_page_and_endpoint_tell_what_the_reader_s_calibration_says() -> None:
    readers = FakeReaders(calibration=Calibration(words=MEASURED))
    client = app_over(FakePipeline(signed_prediction(), readers=readers)).test_client()
    assert f"what they say is true: {SAID}. What is less likely is not" in client.get("/?q=Who%3F").text
    info = client.get("/api/v1/info")
    assert info.get_json()["words"] == words_to_json(MEASURED)
    other = app_over(FakePipeline()).test_client().get("/api/v1/info", headers={"If-None-Match": info.headers["ETag"]})
    assert other.status_code == 200
    assert other.get_json()["words"] == words_to_json(())


def test_measured_words_are_saved_and_loaded(tmp_path: Path) -> None:
    calibration = Calibration(words=MEASURED)
    calibration.save(tmp_path)
    assert Calibration.load(tmp_path, "") == calibration


def test_a_calibration_from_before_words_were_measured_has_none(tmp_path: Path) -> None:
    values = asdict(Calibration())
    del values["words"]
    (tmp_path / FILE).write_text(json.dumps(values), encoding="utf-8")
    assert Calibration.load(tmp_path, "").words == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([{"least": 75, "right": 0.5, "answers": 9}], "words begin at 75 per cent, expected some of 99, 90, 66, 25"),
        ([{"least": 66, "right": 0.5, "answers": 9}] * 2, "words begin at 66, 66 per cent"),
        ([{"least": 66, "right": 1.5, "answers": 9}], "right is 1.5, expected a share from 0 to 1"),
        ([{"least": 66, "right": "1", "answers": 9}], "right is '1', expected a number"),
        ([{"least": 66, "right": 0.5, "answers": -1}], "answers is -1, expected a whole number, 0 or more"),
        ([{"least": 66, "right": 0.5, "answers": 0.5}], "answers is 0.5, expected a whole number"),
        ([5], "make it anew with: pressmark train calibration"),
        ([{"least": 66}], "has no 'right'"),
    ],
)
def test_words_that_cannot_be_are_damage(words: object, said: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({**asdict(Calibration()), "words": words}), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        Calibration.load(tmp_path, "")


def test_with_another_share_of_answerable_questions_the_words_were_not_measured() -> None:
    calibration = Calibration(answerable=Regression(), share=0.6, words=MEASURED)
    assert calibration.expecting(0.6) == calibration.expecting(None) == calibration
    assert calibration.expecting(0.9).words == ()
    assert replace(calibration, answerable=None).expecting(0.9).words == MEASURED


@pytest.mark.parametrize("name", ["careful", "small"])
def test_the_readers_that_ship_have_measured_words_and_the_documents_tell_them(name: str) -> None:
    folders = pair_folders(reader_folder(name))
    words = Calibration.load(folders[0], models_of(folders)).words
    assert [one.least for one in words if one.is_measured] == list(CONFIDENCE_WORDS)[1:]
    root = Path(__file__).parent.parent
    if name == "careful":
        assert " ".join((root / "README.md").read_text(encoding="utf-8").split()).count(words_explained(words)) == 1
    told = (root / "docs" / "reader.md").read_text(encoding="utf-8")
    for one in words:
        if one.is_measured:
            row = next(line for line in told.splitlines() if line.startswith(f"| {CONFIDENCE_WORDS[one.least]} |"))
            assert f"{round(100 * one.right)} % of {one.answers}" in row
