"""Speakers against attributions marked by hand, on articles made up for it."""

import gzip
import json
from pathlib import Path

import pytest

from qa.evaluation.attribution import agree, attribution_results, cases_of, read_marked
from qa.evaluation.results.results import Provenance

TEXT = "Lena Ross said the bridge opens in May. It rained. Boats may pass, it was said. Ann Lee sang of boats."


def marked(words: str, source: str = "") -> dict[str, object]:
    found: dict[str, object] = {"content": [[TEXT.index(words), TEXT.index(words) + len(words)]]}
    if source:
        found["source"] = [[TEXT.index(source), TEXT.index(source) + len(source)]]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    attributions = [
        marked("the bridge opens in May", "Lena Ross"),
        marked("Boats may pass"),
        marked("of boats", "Ann Lee"),
        {},
    ]
    path = tmp_path / "marked.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps({"id": "a", "text": TEXT, "attributions": attributions}).encode()))
    return path


def test_sentences_are_asked_and_those_of_nobody_named_left_out(path: Path) -> None:
    (article,) = read_marked(path)
    assert [(case.span.text, case.sources) for case in cases_of(article)] == [
        ("Lena Ross said the bridge opens in May.", ("Lena Ross",)),
        ("It rained.", ()),
        ("Ann Lee sang of boats.", ("Ann Lee",)),
    ]


def test_figures_by_hand(path: Path) -> None:
    results = attribution_results(read_marked(path), "made up", Provenance("", {}, {}))
    figures = {(figure.row, figure.name): figure.value for figure in results.figures}
    assert figures["rules", "precision"] == figures["simplest rule", "precision"] == 1.0
    assert figures["rules", "recall"] == 0.5  # "sang" is no verb of speech
    assert figures["whole sentence", "false"] == 1.0  # "It rained."
    assert figures["rules", "false"] == 0.0
    assert results.values["rules"] == (1.0, 0.0)


@pytest.mark.parametrize(
    ("given", "source", "same"),
    [
        ("Ross", "Lena Ross", True),
        ("the mayor", "Lena Ross", False),
        ("", "", False),
        ("Ross", "Lena M. Ross II", False),
    ],
)
def test_two_speakers_agree_by_their_words(given: str, source: str, same: bool) -> None:
    assert agree(given, source) is same


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("oops", "is not JSON, at its character 1"),
        ("[]", "holds something else than articles have"),
        ('{"id": "a", "text": "b"}', "lacks 'attributions'"),
        ('{"id": "a", "text": "b", "attributions": [1]}', "holds something else than articles have"),
    ],
)
def test_a_line_that_is_no_article_is_named(line: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(line)
    with pytest.raises(ValueError, match=rf"bad\.jsonl, line 1 {wrong}; write it anew: a line is .*attributions"):
        read_marked(tmp_path / "bad.jsonl")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(ValueError, match="holds no article"):
        read_marked(tmp_path / "empty.jsonl")
