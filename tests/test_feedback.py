"""Feedback: kept once an answer, taken back without a trace, and exported as questions whose places hold."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter
from fakes import FakeEncoder
from qa.evaluation.questions.datasets import read_news
from qa.evaluation.questions.squad import read_squad
from qa.feedback import Feedback, FeedbackFile, Outcome, Verdict, default_file
from qa.feedback_export import sort_out
from web.commands import main

BOATS = Article("boats", "Ada sold 7 boats in Ganja. Ada kept 2 boats.", "Boats", "2024-05-01", "Gazette")
FERRY = Article("ferry", "The ferry was late.", "Ferry", "2024-05-02", "Herald")
ARTICLES = {article.id: article for article in (BOATS, FERRY)}
SOLD = Feedback(
    "How many boats were sold?", Verdict.RIGHT, "boats", 9, 10, "7", 3, ("fake 01",), "2024-05-03T10:00:00Z"
)
SANK = Feedback("Who sank it?", Verdict.NOTHING, "ferry", 4, 9, "ferry", 3, ("fake 01",), "2024-05-04T10:00:00Z")


@pytest.fixture
def file(tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "state" / "feedback.jsonl")


def test_feedback_is_kept_as_it_was_given_for_its_owner_alone(file: FeedbackFile) -> None:
    filtered = replace(SANK, text="fer\u2028ry\n", only=Filter("2024", "2024-06", ("Herald",)))
    assert file.all() == []
    assert not file.path.parent.exists()  # asking what there is leaves nothing behind
    assert [file.give(SOLD), file.give(filtered)] == [Outcome.NEW, Outcome.NEW]
    assert FeedbackFile(file.path).all() == [SOLD, filtered]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_feedback_sent_twice_counts_once_and_the_last_verdict_counts(file: FeedbackFile) -> None:
    later = replace(SOLD, time="2024-06-01T00:00:00Z")
    assert [file.give(SOLD), file.give(later)] == [Outcome.NEW, Outcome.ALREADY]
    assert file.all() == [SOLD]
    assert file.give(replace(later, verdict=Verdict.WORDS)) is Outcome.CHANGED
    assert [each.verdict for each in file.all()] == [Verdict.WORDS]


def test_feedback_taken_back_leaves_no_trace_of_the_question(file: FeedbackFile) -> None:
    file.give(SOLD)
    file.give(SANK)
    file.take_back(SOLD.id)
    assert file.all() == [SANK]
    assert "boats" not in file.path.read_text()
    with pytest.raises(KeyError):
        file.take_back(SOLD.id)


def test_full_file_takes_no_more_but_lets_change(file: FeedbackFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.feedback.MOST", 1)
    file.give(SOLD)
    with pytest.raises(ValueError, match=r"on 1 answers, which are the most; .*pressmark feedback export FILE"):
        file.give(SANK)
    assert file.give(replace(SOLD, verdict=Verdict.ARTICLE)) is Outcome.CHANGED


@pytest.mark.parametrize("line", ['{"question": "Who?"}', "[]", "no JSON", '{"only": 3}'])
def test_line_that_is_no_feedback_is_named(file: FeedbackFile, line: str) -> None:
    file.give(SOLD)
    file.path.write_text(f"{file.path.read_text()}{line}\n")
    with pytest.raises(ValueError, match=r"feedback.jsonl, line 2: .* is no feedback; take the line out"):
        file.all()


def test_words_that_moved_are_exported_where_they_stand_and_those_gone_are_named() -> None:
    moved, gone, away = replace(SOLD, start=11, end=12), replace(SANK, text="boat"), replace(SANK, article="old")
    done = sort_out([moved, gone, away], lambda id_: ARTICLES[id_])
    assert [(each.right[0].start, each.right[0].end) for each in done.judged] == [(9, 10)]
    assert done.left_out == (
        "'Who sank it?': 'boat' does not stand in article 'ferry' any more",
        "'Who sank it?': 'ferry' does not stand in article 'old' any more",
    )


def test_what_is_only_wrong_or_only_unanswered_within_a_filter_is_no_question() -> None:
    wrong, filtered = replace(SOLD, verdict=Verdict.WORDS), replace(SANK, only=Filter(outlets=("Herald",)))
    done = sort_out([wrong, filtered], lambda id_: ARTICLES[id_])
    assert done.judged == ()
    assert [said.split(": ", 1)[1] for said in done.left_out] == ["nobody said what is right, only what is wrong"] * 2


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an archive of two articles, and feedback on two questions."""
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    add(archive, [BOATS, FERRY])
    archive.close()
    monkeypatch.setenv("PRESSMARK_FEEDBACK", str(tmp_path / "feedback.jsonl"))
    monkeypatch.setattr("qa.feedback_commands.load_encoder", lambda *_: FakeEncoder())
    kept = FeedbackFile(tmp_path / "feedback.jsonl")
    for each in (SOLD, replace(SOLD, article="ferry", start=0, end=3, text="The", verdict=Verdict.WORDS), SANK):
        kept.give(each)
    return tmp_path


def test_export_gives_questions_on_the_archive_that_evaluation_reads(news: Path) -> None:
    out = news / "judged.jsonl"
    done = CliRunner().invoke(main, ["feedback", "export", str(out), "--archive", str(news / "archive")])
    assert (done.exit_code, done.stderr) == (0, f"2 questions written to {out}\n")
    sold, sank = read_news(out).questions
    assert (sold.question, sold.answers, dict(sold.relevant)) == (SOLD.question, ("7",), {"boats": 1, "ferry": 1})
    assert (sold.asked, sank.asked) == ("2024-05-03", "2024-05-04")
    assert (sank.question, sank.answers, dict(sank.relevant)) == ("Who sank it?", (), {})
    first = json.loads(out.read_text().splitlines()[0])
    assert first["places"] == [{"article": "boats", "start": 9, "end": 10, "text": "7"}]


def test_export_gives_squad_s_format_whose_offsets_its_reader_checks(news: Path) -> None:
    out = news / "judged.json"
    assert CliRunner().invoke(main, ["feedback", "export", str(out), "--archive", str(news / "archive")]).exit_code == 0
    squad = read_squad(out)
    assert [(each.question, each.answers, each.paragraph.text) for each in squad.questions] == [
        (SOLD.question, ("7",), BOATS.text),
        ("Who sank it?", (), FERRY.text),
    ]


def test_export_refuses_another_suffix_and_an_empty_file(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(main, ["feedback", "export", "judged.csv"])
    assert (done.exit_code, "name it .jsonl" in done.stderr) == (2, True)
    monkeypatch.setenv("PRESSMARK_FEEDBACK", str(news / "none.jsonl"))
    out = str(news / "judged.jsonl")
    done = CliRunner().invoke(main, ["feedback", "export", out, "--archive", str(news / "archive")])
    assert (done.exit_code, "there is no feedback that says what is right" in done.stderr) == (1, True)
    assert not Path(out).exists()


def test_export_without_the_archive_is_refused_and_the_seeds_are_no_stand_in(news: Path) -> None:
    out = news / "judged.jsonl"
    done = CliRunner().invoke(main, ["feedback", "export", str(out), "--archive", str(news / "none")])
    assert (done.exit_code, out.exists()) == (1, False)
    assert f"there is no archive in {news / 'none'}, and what was said is compared with the articles: " in done.stderr
    assert "name the archive that was asked with --archive, or make one with: pressmark index PATH..." in done.stderr


def test_list_shows_what_was_said(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(main, ["feedback", "list"])
    assert done.stdout.splitlines()[0] == "2024-05-03 right: How many boats were sold? → “7” boats [9:10]"
    assert done.stderr == "3 answers: 1 right, 1 wrong words, 1 should have said nothing\n"
    shown = CliRunner().invoke(main, ["feedback", "list", "--json"]).stdout.splitlines()
    assert json.loads(shown[2])["verdict"] == "nothing"
    monkeypatch.setenv("PRESSMARK_FEEDBACK", str(news / "none.jsonl"))
    done = CliRunner().invoke(main, ["feedback", "list"])
    assert (done.exit_code, "it is given on the page" in done.stderr) == (1, True)


def test_default_file_is_in_the_state_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert default_file() == Path("/state/pressmark/feedback.jsonl")
