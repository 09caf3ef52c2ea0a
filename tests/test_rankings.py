"""Retrieval measures against values worked out by hand."""

import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.measures.rankings import best_of_each, ranked, score_run, write_run

QRELS = {"q1": {"b": 1, "d": 2, "z": 0}, "q2": {"x": 1}, "q3": {"m": 1}}
RUN = {"q1": {"a": 9.0, "b": 8.0, "c": 7.0, "d": 6.5}, "q2": {"y": 1.0, "w": 0.5}}


def test_score_run_by_hand() -> None:
    scores = score_run(RUN, QRELS, cutoffs=(1, 2, 4))
    # q1: a, b (grade 1), c, d (grade 2). q2: nothing relevant. q3: nothing found.
    dcg = 1 / math.log2(3) + 2 / math.log2(5)
    ideal = 2 / math.log2(2) + 1 / math.log2(3)
    assert scores.measures == {
        "success@1": {"q1": 0.0, "q2": 0.0, "q3": 0.0},
        "success@2": {"q1": 1.0, "q2": 0.0, "q3": 0.0},
        "success@4": {"q1": 1.0, "q2": 0.0, "q3": 0.0},
        "recall@1": {"q1": 0.0, "q2": 0.0, "q3": 0.0},
        "recall@2": {"q1": 0.5, "q2": 0.0, "q3": 0.0},
        "recall@4": {"q1": 1.0, "q2": 0.0, "q3": 0.0},
        "MRR@10": {"q1": 0.5, "q2": 0.0, "q3": 0.0},
        "nDCG@10": {"q1": pytest.approx(dcg / ideal), "q2": 0.0, "q3": 0.0},
    }
    assert scores.mean("success@2") == pytest.approx(1 / 3)
    assert scores.curve() == {1: 0.0, 2: pytest.approx(1 / 3), 4: pytest.approx(1 / 3)}


def test_score_run_a_question_without_results_never_vanishes() -> None:
    scores = score_run({"q1": {}}, QRELS)
    assert list(scores.measures["MRR@10"]) == ["q1", "q2", "q3"]
    assert scores.mean("MRR@10") == 0.0


def test_score_run_breaks_ties_by_id() -> None:
    tied = {"q": {"b": 0.5, "a": 0.5}}
    assert score_run(tied, {"q": {"a": 1}}).mean("success@1") == 1.0
    assert score_run(tied, {"q": {"b": 1}}).mean("success@1") == 0.0
    assert score_run(tied, {"q": {"b": 1}}).mean("MRR@10") == 0.5


def test_score_run_tells_scores_apart_that_float32_does_not() -> None:
    close = {"q": {"a": 0.5, "b": 0.5 + 1e-12}}
    assert score_run(close, {"q": {"b": 1}}).mean("success@1") == 1.0


def test_score_run_mrr_and_ndcg_stop_at_ten() -> None:
    run = {"q": {f"p{rank:02}": float(-rank) for rank in range(1, 21)}}
    assert score_run(run, {"q": {"p10": 1}}).mean("MRR@10") == pytest.approx(0.1)
    assert score_run(run, {"q": {"p10": 1}}).mean("nDCG@10") == pytest.approx(1 / math.log2(11))
    assert score_run(run, {"q": {"p11": 1}}).mean("MRR@10") == 0.0
    assert score_run(run, {"q": {"p11": 1}}).mean("nDCG@10") == 0.0
    assert score_run(run, {"q": {"p11": 1}}).mean("success@20") == 1.0


@given(
    st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from([0.0, 0.5, 1.0, 1e300, -1e-300]), max_size=10),
    st.sets(st.sampled_from("abcdefghijk"), min_size=1),
    st.integers(1, 6),
)
def test_score_run_agrees_with_the_definitions(found: dict[str, float], relevant: set[str], cutoff: int) -> None:
    scores = score_run({"q": found}, {"q": dict.fromkeys(relevant, 1)}, cutoffs=(cutoff,))
    ranks = [rank for rank, id_ in enumerate(ranked(found), start=1) if id_ in relevant]
    above = [rank for rank in ranks if rank <= cutoff]
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(relevant)) + 1))
    assert scores.mean(f"success@{cutoff}") == float(bool(above))
    assert scores.mean(f"recall@{cutoff}") == pytest.approx(len(above) / len(relevant))
    assert scores.mean("MRR@10") == pytest.approx(1 / ranks[0] if ranks else 0.0)
    assert scores.mean("nDCG@10") == pytest.approx(sum(1 / math.log2(rank + 1) for rank in ranks) / ideal)


def test_score_run_without_ir_measures_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pressmark\[evaluation\]'"):
        score_run(RUN, QRELS)


def test_best_of_each() -> None:
    assert best_of_each([("a", -3.0), ("b", 1.0), ("a", -2.0), ("b", 0.0)]) == {"a": -2.0, "b": 1.0}


def test_write_run(tmp_path: Path) -> None:
    write_run({"q2": {"b": 0.5, "a": 0.5, "c": 1.25}, "q1": {}}, tmp_path / "run.txt", name="fused")
    assert (tmp_path / "run.txt").read_text() == ("q2 Q0 c 1 1.25 fused\nq2 Q0 a 2 0.5 fused\nq2 Q0 b 3 0.5 fused\n")


@pytest.mark.parametrize("id_", ["a b", "", "tab\there", " a"])
def test_write_run_rejects_white_space(tmp_path: Path, id_: str) -> None:
    with pytest.raises(ValueError, match="without white space"):
        write_run({"q": {id_: 1.0}}, tmp_path / "run.txt", name="fused")
    assert not (tmp_path / "run.txt").exists()
