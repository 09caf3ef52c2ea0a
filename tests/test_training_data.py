import gzip
import json
from pathlib import Path

import pytest

from qa.training.data import Curation, Example, Text, overlaps, read_data, split_off, write_questions

RIVER = "The Aras is a river. It is 1,072 kilometres long. Its source is in Turkey."


def line(question: str, text: str, answer: str, *, start: int | None = None, source: str = "made up") -> str:
    start = text.index(answer) if start is None else start
    return json.dumps(
        {"question": question, "text": text, "source": source, "answers": [{"text": answer, "start": start}]}
    )


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_questions_are_read_with_their_spans(tmp_path: Path) -> None:
    path = written(tmp_path / "data.jsonl", line("How  long is it?", RIVER, " 1,072 kilometres "))
    (question,) = read_data([path], Curation()).questions
    assert question == Example("How long is it?", Text(RIVER, "made up"), 27, 43, f"{path}:1")
    assert question.answer == "1,072 kilometres"


def test_questions_without_an_answer_and_those_that_nobody_answered_are_told_apart(tmp_path: Path) -> None:
    asked = {"question": "Who swam in it?", "text": RIVER, "source": "made up"}
    lines = [json.dumps({**asked, "answers": []}), json.dumps({**asked, "question": "Who came?", "answers": None})]
    path = written(tmp_path / "data.jsonl", *lines)
    taught = read_data([path], Curation(taught=True)).questions
    assert [(one.answered, one.labelled, one.answer) for one in taught] == [(False, True, ""), (False, False, "")]
    alone = read_data([path], Curation())
    assert [one.question for one in alone.questions] == ["Who swam in it?"]
    assert alone.left_out == {"answers null, which takes a teacher": 1}


def test_a_text_has_the_title_that_any_question_about_it_gives(tmp_path: Path) -> None:
    titled = json.dumps({**json.loads(line("How long is it?", RIVER, "1,072 kilometres")), "title": "Aras_River"})
    path = written(tmp_path / "data.jsonl", line("Where is its source?", RIVER, "Turkey"), titled)
    first, second = read_data([path], Curation()).questions
    assert first.text.title == "Aras River"
    assert first.text is second.text


def test_held_out_questions_are_written_as_they_were_read(tmp_path: Path) -> None:
    lines = [
        line("Where is its source?", RIVER, "Turkey"),
        json.dumps({"question": "Who swam?", "text": RIVER, "source": "made up", "answers": []}),
        json.dumps({"question": "Who came?", "text": RIVER, "source": "made up", "answers": None}),
    ]
    data = read_data([written(tmp_path / "data.jsonl", *lines)], Curation(taught=True))
    write_questions(data.questions, tmp_path / "again.jsonl")
    again = read_data([tmp_path / "again.jsonl"], Curation(taught=True))
    key = [(one.question, one.text, one.start, one.end, one.labelled) for one in data.questions]
    assert [(one.question, one.text, one.start, one.end, one.labelled) for one in again.questions] == key


def test_gzipped_data_is_read_and_hashed(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(line("Where is its source?", RIVER, "Turkey"))
    data = read_data([path], Curation())
    assert data.questions[0].answer == "Turkey"
    assert len(data.hashes["data.jsonl.gz"]) == 64


def test_unusable_questions_are_left_out_and_counted(tmp_path: Path) -> None:
    good = line("Where is its source?", RIVER, "Turkey")
    path = written(
        tmp_path / "data.jsonl",
        good,
        good,
        line("Where is its source?", RIVER, "Turkey", start=3),
        line("Where is its source?", RIVER, "", start=-1),
        line("?" * 401, RIVER, "Turkey"),
    )
    data = read_data([path], Curation())
    assert len(data.questions) == 1
    assert data.left_out == {"answer not at its offset": 2, "question too long": 1, "asked twice": 1}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", r"data\.jsonl:2: not JSON"),
        ('{"question": "Who?", "text": " ", "answers": []}', r"data\.jsonl:2: 'text' is blank"),
        ('{"question": "Who?", "answers": []}', r"data\.jsonl:2: no field 'text'"),
        ('{"question": "Who?", "text": "He.", "answers": [{"text": 1}]}', r"expected a text and a start"),
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, bad: str, said: str) -> None:
    path = written(tmp_path / "data.jsonl", line("Where is its source?", RIVER, "Turkey"), bad)
    with pytest.raises(ValueError, match=said):
        read_data([path], Curation())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.jsonl"):
        read_data([tmp_path / "none.jsonl"], Curation())


def test_texts_of_a_test_set_are_left_out(tmp_path: Path) -> None:
    squad = {"data": [{"paragraphs": [{"context": f"In the east, the {RIVER[4:]}", "qas": []}]}]}
    apart = written(tmp_path / "dev.json", json.dumps(squad))
    other = "The Kura is another river, and it is 1,515 kilometres long. It is the longer one of the two."
    path = written(
        tmp_path / "data.jsonl",
        line("Where is its source?", RIVER, "Turkey"),
        line("How long?", other, "1,515 kilometres"),
    )
    data = read_data([path], Curation(apart=(apart,)))
    assert [question.answer for question in data.questions] == ["1,515 kilometres"]
    assert data.left_out == {"text overlaps one to keep apart": 1}


def test_eleven_shared_words_are_no_overlap() -> None:
    words = [f"w{number}" for number in range(12)]
    text = Text(" ".join(words), "")
    assert overlaps([text], {hash(tuple(words))}) == {text}
    assert overlaps([text], {hash((*words[:11], "other"))}) == set()


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "data.jsonl", line("Where is its source?", RIVER, "Turkey", start=0))
    with pytest.raises(ValueError, match="no question left to train on"):
        read_data([path], Curation())


def test_the_spaces_of_tokenised_corpora_are_taken_out(tmp_path: Path) -> None:
    text = "It was signed ( in ink ) on December 31 , 1999 , and is n't in force . About 14 % agreed ."
    path = written(tmp_path / "data.jsonl", line("When?", text, "December 31 , 1999"), line("How?", text, "in ink )"))
    first, second = read_data([path], Curation()).questions
    assert first.text.text == "It was signed (in ink) on December 31, 1999, and isn't in force. About 14% agreed."
    assert first.answer == "December 31, 1999"
    assert second.answer == "in ink)"


def test_sentences_of_a_source_are_joined_eight_at_a_time(tmp_path: Path) -> None:
    sentences = [f"Town {number} has {number}00 streets." for number in range(10)]
    lines = [line("How many streets?", text, text.split()[3], source="towns") for text in sentences]
    path = written(tmp_path / "data.jsonl", *lines, line("Where?", RIVER, "Turkey"))
    questions = read_data([path], Curation(joined=["towns"])).questions
    assert questions[0].text.text == " ".join(sentences[:8])
    assert questions[9].text.text == " ".join(sentences[8:])
    assert [question.answer for question in questions] == [*(f"{number}00" for number in range(10)), "Turkey"]


def test_all_questions_of_a_text_are_held_out_together() -> None:
    texts = [Text(f"Text number {number}.", "") for number in range(1000)]
    questions = [Example(asked, text, 0, 4, "") for text in texts for asked in ("Which?", "What?")]
    training, held_out = split_off(questions, 10)
    assert len(training) + len(held_out) == 2000
    assert not {question.text for question in training} & {question.text for question in held_out}
    assert 140 < len(held_out) < 260


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = (
        written(folder / "data.jsonl", line("Where is its source?", RIVER, "Turkey"))
        for folder in (tmp_path, tmp_path / "other")
    )
    with pytest.raises(ValueError, match="have the same name; give each one of its own"):
        read_data([one, other], Curation())


def test_a_source_to_join_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path / "data.jsonl", line("Where is its source?", RIVER, "Turkey"))
    with pytest.raises(ValueError, match="towns cannot be joined: the data have no such source; they have made up"):
        read_data([path], Curation(joined=["towns"]))


def test_what_was_done_to_the_data_is_part_of_them(tmp_path: Path) -> None:
    apart = written(tmp_path / "apart.jsonl", line("Who?", "Nobody else.", "Nobody"))
    path = written(tmp_path / "data.jsonl", line("Where is its source?", RIVER, "Turkey"))
    plain, curated = read_data([path], Curation()), read_data([path], Curation((apart,), ["made up"]))
    differing = {name for name, value in plain.identity().items() if curated.identity()[name] != value}
    assert differing == {"kept apart", "joined"}
    assert curated.joined == ("made up",)
    assert set(curated.apart) == {"apart.jsonl"}
