"""The reader: over a model that one can compute by hand, and the shipped one over real text."""

import json
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from embeddings import onnx_models
from embeddings.types import Article, Passage
from qa.reader.onnx_reader import SPANS, OnnxReader, Tokenizers, read_spec
from qa.settings import SHIPPED_READER
from qa.types import Reading

Floats = NDArray[np.float32]
Rule = Callable[[list[str], list[int]], tuple[list[float], list[float]]]
"""Takes a text's word pieces and the segment of each, gives its start and its end logits."""

CLS, SEP = "[CLS]", "[SEP]"
FOX = "The quick brown fox jumps over the lazy dog."
SPEC = replace(read_spec(SHIPPED_READER), heading=False, max_answer_tokens=30)
TOKENIZERS = Tokenizers.open(SHIPPED_READER, SPEC)


def pieces_of(ids: list[int]) -> list[str]:
    return [str(TOKENIZER.id_to_token(number)) for number in ids]


@dataclass
class FakeModel:
    """In the place of the model: gives the logits of a rule and remembers what it was fed, in any order."""

    rule: Rule
    relevance: Callable[[list[str]], float] | None = None
    fed: list[dict[str, list[int]]] = field(default_factory=list)

    @property
    def outputs(self) -> tuple[str, ...]:
        return ("start", "end", "relevance") if self.relevance else ("start", "end")

    def run(self, encoding: Encoding) -> list[Floats]:
        self.fed.append(
            {
                "input_ids": encoding.ids,
                "attention_mask": encoding.attention_mask,
                "token_type_ids": encoding.type_ids,
            }
        )
        pieces = pieces_of(encoding.ids)
        outputs = [np.array([logits], dtype=np.float32) for logits in self.rule(pieces, encoding.type_ids)]
        return outputs + ([np.array([self.relevance(pieces)], dtype=np.float32)] if self.relevance else [])


TOKENIZER = Tokenizer.from_file(str(SHIPPED_READER / "tokenizer.json"))
TOKENIZER.no_truncation()
TOKENIZER.no_padding()


def points(start: dict[str, float], end: dict[str, float]) -> Rule:
    """Return the rule that gives each word piece its points, wherever it stands, and 0 to all others."""
    return lambda pieces, _: ([start.get(piece, 0) for piece in pieces], [end.get(piece, 0) for piece in pieces])


def passage(text: str, start: int = 0, end: int | None = None) -> Passage:
    return Passage(Article("a", text, "Title"), start, len(text) if end is None else end)


def found(reading: Reading) -> list[tuple[str, float]]:
    return [(span.text, span.score) for span in reading.spans]


def reader_with(model: FakeModel) -> OnnxReader:
    """Return a reader with the shipped tokenizer over a model of one's own."""
    return OnnxReader(SHIPPED_READER, SPEC, TOKENIZERS, model.run, model.outputs)


def test_span_scores_start_and_end_over_the_null_span() -> None:
    reader = reader_with(FakeModel(points({"brown": 5, CLS: 1}, {"fox": 4, CLS: 2})))
    (reading,) = reader.read("What jumps?", [passage(FOX)])
    assert found(reading)[0] == ("brown fox", 5 + 4 - (1 + 2))
    assert (reading.spans[0].start, reading.spans[0].end) == (10, 19)
    assert reading.relevance is None


def test_passage_and_question_are_read_as_the_eye_reads_them_and_spans_stay_exact() -> None:
    text = "An o\ufb03cial brown\u00ad fo\u00adx of the recon-\nstruc\u200btion\u00ad jumps."
    model = FakeModel(points({"official": 5, "reconstruction": 4}, {"fox": 5, "reconstruction": 4}))
    (reading,) = reader_with(model).read("Which o\ufb03cial?", [passage("Well. " + text, 6)])
    assert pieces_of(model.fed[0]["input_ids"])[:4] == [CLS, "which", "official", "?"]
    assert found(reading)[:2] == [("o\ufb03cial brown\u00ad fo\u00adx", 10), ("recon-\nstruc\u200btion", 8)]


def test_span_in_the_question_is_never_read() -> None:
    # the question's own words have by far the highest logits
    rule = points({"who": 90, "signed": 80, "fox": 1}, {"who": 80, "signed": 90, "fox": 1, SEP: 99})
    (reading,) = reader_with(FakeModel(rule)).read("Who signed?", [passage(FOX)])
    assert found(reading)[0] == ("fox", 2)


def test_span_end_before_its_start_is_never_read() -> None:
    rule = points({"dog": 9, "quick": 1}, {"the": 0, "quick": 9, "dog": 1})
    (reading,) = reader_with(FakeModel(rule)).read("What?", [passage(FOX)])
    assert found(reading)[:2] == [("quick", 10), ("dog", 10)]


def test_span_begins_and_ends_with_whole_words() -> None:
    # the word has three pieces: the points are on the inner ones, both for the start and for the end
    pieces = TOKENIZER.encode("Khankendi", add_special_tokens=False).tokens
    assert pieces == ["khan", "##ken", "##di"]
    rule = points({"khan": 1, "##ken": 9, "##di": 9}, {"khan": 9, "##ken": 9, "##di": 1})
    (reading,) = reader_with(FakeModel(rule)).read("Where?", [passage("He went to Khankendi on Monday.")])
    assert found(reading)[0] == ("Khankendi", 2)


@pytest.mark.parametrize("edge", ["first", "last"])
def test_span_at_the_edge_of_a_window_is_of_whole_words(edge: str) -> None:
    def rule(pieces: list[str], segments: list[int]) -> tuple[list[float], list[float]]:
        # the highest logits are on the first, or the last, word piece of the passage's part in each window
        logits = [0.0] * len(pieces)
        logits[segments.index(1) if edge == "first" else len(pieces) - 2] = 50.0
        return logits, logits

    model = FakeModel(rule)
    words = ["antidisestablishmentarianism", "Khankendi", "subversive", "Ombudspersons", "of"]
    text = " ".join(words[number * number % 5] for number in range(700))
    (reading,) = reader_with(model).read("What?", [passage(text)])
    cut = [pieces_of(fed["input_ids"])[fed["token_type_ids"].index(1)] for fed in model.fed]
    assert len([piece for piece in cut if piece.startswith("##")]) >= 3  # otherwise there is nothing to see here
    assert len(reading.spans) == SPANS
    assert [span.text for span in reading.spans if not set(span.text.split()) <= set(words)] == []


def test_span_offsets_are_in_the_article_not_in_the_passage() -> None:
    text = "Nothing here.\n\nThe fox jumps. The fox sleeps."
    reader = reader_with(FakeModel(points({"fox": 3}, {"fox": 3})))
    (reading,) = reader.read("Who?", [passage(text, 15, 29)])
    assert found(reading)[0] == ("fox", 6)
    assert (reading.spans[0].start, reading.spans[0].end) == (19, 22)
    assert all(15 <= span.start < span.end <= 29 for span in reading.spans)


@pytest.mark.parametrize(
    ("text", "piece", "words"),
    [
        ("Before 𝒩𝒩 came Baku today", "baku", "Baku"),
        ("👩‍👩‍👧 😀 met in Baku 😀.", "baku", "Baku"),
        ("The cafe\u0301 in Baku", "cafe", "cafe\u0301"),
        ("The nai\u0308ve one", "naive", "nai\u0308ve"),
        ("Mr. Box\u030c left", "box", "Box\u030c"),
        ("I \u2764\ufe0f Baku", "[UNK]", "\u2764\ufe0f"),
        ("İstanbul’da Baku", "baku", "Baku"),
        ("a\u200bb Baku\u00ad city", "baku", "Baku"),
        ("北京 Baku", "baku", "Baku"),
    ],
)
def test_span_is_right_behind_and_in_unusual_characters(text: str, piece: str, words: str) -> None:
    reader = reader_with(FakeModel(points({piece: 5}, {piece: 5})))
    (reading,) = reader.read("Where?", [passage(text)])
    assert found(reading)[0] == (words, 10)
    assert reading.spans[0].start == text.index(words)


def test_span_has_at_most_as_many_word_pieces_as_the_spec_says() -> None:
    most = SPEC.max_answer_tokens
    words = ["from", *["very"] * (most - 2), "to"]
    reader = reader_with(FakeModel(points({"from": 5}, {"to": 5})))
    short, long = (passage(" ".join(words)), passage(" ".join([*words[:-1], "very", "to"])))
    fitting, too_long = reader.read("Where?", [short, long])
    assert found(fitting)[0] == (short.text, 10)
    assert found(too_long)[0][1] == 5


ENDS = ["kilo", "lima", "mike", "november", "oscar"]
"""The last words of a list, each a likely end of it."""

LIKELY = {TOKENIZER.encode(word, add_special_tokens=False).tokens[-1]: 4.0 for word in ENDS}
LIST = ["alpha", "bravo", *["and"] * 20, *ENDS, *["then"] * 5]


def read_list(null: float, max_answer_tokens: int) -> list[tuple[str, float]]:
    """Return what is found in a list with one likely start and six likely ends, the likeliest at "bravo"."""
    model = FakeModel(points({"alpha": 7, CLS: null}, {"bravo": 4.5, **LIKELY}))
    spec = replace(SPEC, max_answer_tokens=max_answer_tokens)
    reader = OnnxReader(SHIPPED_READER, spec, TOKENIZERS, model.run, model.outputs)
    return found(reader.read("What?", [passage(" ".join(LIST))])[0])


def test_a_list_without_one_likely_end_is_read_whole() -> None:
    first, *others = read_list(null=0, max_answer_tokens=60)
    assert first == (" ".join(LIST[: LIST.index("mike") + 1]), 11.5)
    assert not [words for words, _ in others if words in first[0]]


@pytest.mark.parametrize(("null", "longest"), [(0, 30), (12, 60)], ids=["short answers only", "not sure"])
def test_a_list_is_read_in_part_where_it_may_not_be_long_or_is_not_sure(null: float, longest: int) -> None:
    assert read_list(null, longest)[0] == ("alpha bravo", 11.5 - null)


def test_two_segments_carry_their_types() -> None:
    model = FakeModel(points({}, {}))
    reader_with(model).read("Who signed it?", [passage(FOX)])
    (fed,) = model.fed
    pieces = pieces_of(fed["input_ids"])
    question = [CLS, "who", "signed", "it", "?", SEP]
    text = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", ".", SEP]
    assert pieces == question + text
    assert fed["token_type_ids"] == [0] * len(question) + [1] * len(text)
    assert fed["attention_mask"] == [1] * len(pieces)


def test_long_question_is_cut_and_the_passage_is_not() -> None:
    model = FakeModel(points({"fox": 5}, {"fox": 5}))
    question = "why " * 1000 + "Khankendi"
    (reading,) = reader_with(model).read(question, [passage(FOX)])
    (fed,) = model.fed
    assert fed["token_type_ids"].count(0) == 2 + SPEC.max_question_tokens
    assert fed["token_type_ids"].count(1) == 11
    assert found(reading)[0] == ("fox", 10)


def test_question_of_the_greatest_length_is_kept() -> None:
    model = FakeModel(points({}, {}))
    reader_with(model).read(" ".join(["why"] * SPEC.max_question_tokens), [passage(FOX)])
    assert model.fed[0]["token_type_ids"].count(0) == 2 + SPEC.max_question_tokens


def test_long_passage_is_read_in_windows_that_overlap_and_leave_nothing_out() -> None:
    model = FakeModel(points({}, {}))
    text = " ".join(str(number) for number in range(1000, 4000))
    reader_with(model).read("Which number?", [passage(text)])
    numbers = [fed["input_ids"] for fed in sorted(model.fed, key=lambda fed: -len(fed["input_ids"]))]
    assert {len(ids) for ids in numbers[:-1]} == {SPEC.max_tokens}
    behind = len([CLS, "which", "number", "?", SEP])
    inside = [ids[behind:-1] for ids in numbers]
    whole = TOKENIZER.encode(text, add_special_tokens=False).ids
    room = SPEC.max_tokens - behind - 1
    expected = [whole[start : start + room] for start in range(0, len(whole) - SPEC.stride, room - SPEC.stride)]
    assert sorted(map(tuple, inside)) == sorted(map(tuple, expected))


def test_span_that_two_windows_share_is_proposed_once_with_its_best_score() -> None:
    def rule(pieces: list[str], segments: list[int]) -> tuple[list[float], list[float]]:
        at_front = pieces.index("fox") < 300 if "fox" in pieces else False
        score = 5.0 if at_front else 4.0
        return [score * (piece == "fox") for piece in pieces], [score * (piece == "fox") for piece in pieces]

    text = " ".join(["dog"] * 320 + ["fox"] + ["dog"] * 200)
    model = FakeModel(rule)
    (reading,) = reader_with(model).read("What?", [passage(text)])
    fox = TOKENIZER.token_to_id("fox")
    assert [fox in fed["input_ids"] for fed in model.fed] == [True, True]
    assert [span for span in found(reading) if span[0] == "fox"] == [("fox", 10)]


def test_relevance_is_that_of_the_best_window() -> None:
    model = FakeModel(points({}, {}), relevance=lambda pieces: 2.5 if "fox" in pieces else -1.5)
    far = " ".join(["dog"] * 600 + ["fox"])
    readings = reader_with(model).read("What?", [passage("A dog."), passage(far)])
    assert [reading.relevance for reading in readings] == [-1.5, 2.5]


def test_readings_come_in_the_order_of_the_passages() -> None:
    reader = reader_with(FakeModel(points({"fox": 5}, {"fox": 5})))
    passages = [passage("word " * number + "fox") for number in (900, 1, 500, 3)]
    readings = reader.read("What?", passages)
    assert [reading.passage for reading in readings] == passages
    assert [(reading.spans[0].start, reading.spans[0].end) for reading in readings] == [
        (4500, 4503),
        (5, 8),
        (2500, 2503),
        (15, 18),
    ]


@pytest.mark.parametrize("text", ["", " ", "\u0301"])
def test_passage_without_words_has_no_spans(text: str) -> None:
    (reading,) = reader_with(FakeModel(points({}, {}))).read("What?", [passage(text)])
    assert reading.spans == ()


def test_no_passages_give_no_readings() -> None:
    assert reader_with(FakeModel(points({}, {}))).read("What?", []) == []


BEHIND = replace(SPEC, heading=True)
"""Of a reader that reads behind the heading."""

DATED = Article("a", "Nothing here.\n\nThe fox jumps in Baku.", "The fox of Baku", "2022-10-19", "Wire")


def reading_behind(model: FakeModel, article: Article = DATED, start: int = 15) -> Reading:
    reader = OnnxReader(SHIPPED_READER, BEHIND, TOKENIZERS, model.run, model.outputs)
    return reader.read("Who?", [Passage(article, start, len(article.text))])[0]


def test_passage_is_read_behind_the_heading_of_its_article() -> None:
    model = FakeModel(points({}, {}))
    reading_behind(model)
    (fed,) = model.fed
    heading = ["the", "fox", "of", "baku", "·", "wire", "·", "19", "october", "202", "##2", "·"]
    assert pieces_of(fed["input_ids"])[4:] == [*heading, "the", "fox", "jumps", "in", "baku", ".", SEP]
    assert fed["token_type_ids"].count(1) == len(heading) + 7


def test_span_in_the_heading_is_never_read_and_offsets_are_those_of_the_article() -> None:
    reading = reading_behind(FakeModel(points({"fox": 5, "wire": 90, "202": 80}, {"fox": 5, "wire": 90, "##2": 80})))
    assert found(reading)[0] == ("fox", 10)
    assert (reading.spans[0].start, reading.spans[0].end) == (19, 22)
    assert all(15 <= span.start < span.end <= len(DATED.text) for span in reading.spans)


def test_first_word_of_a_passage_behind_a_heading_can_be_read() -> None:
    assert found(reading_behind(FakeModel(points({"the": 5}, {"the": 5}))))[0] == ("The", 10)


def test_passage_of_an_article_without_heading_is_read_alone() -> None:
    model = FakeModel(points({"fox": 5}, {"fox": 5}))
    reading = reading_behind(model, Article("a", "The fox.", ""), 0)
    assert pieces_of(model.fed[0]["input_ids"]) == [CLS, "who", "?", SEP, "the", "fox", ".", SEP]
    assert found(reading)[0] == ("fox", 10)


@pytest.mark.parametrize("sign", ["x", "a ", "北", "😀", "\u0301"])
def test_heading_without_end_is_cut_and_its_windows_say_nothing(sign: str) -> None:
    article = replace(DATED, title=sign * 5000)
    model = FakeModel(points({"fox": 5}, {"fox": 5}), relevance=lambda pieces: 9.0 if "fox" not in pieces else 1.0)
    reading = reading_behind(model, article)
    assert (found(reading)[0], reading.spans[0].start, reading.relevance) == (("fox", 10), 19, 1.0)
    assert len(model.fed) == 1


@pytest.mark.parametrize("words", ["Khankendi", "antidisestablishmentarianism subversive"])
def test_long_passage_behind_a_heading_is_read_to_its_end(words: str) -> None:
    text = f"{words} " * 400 + "fox"
    reading = reading_behind(FakeModel(points({"fox": 5}, {"fox": 5})), replace(DATED, text=text), 0)
    assert found(reading)[0] == ("fox", 10)
    assert reading.spans[0].start == len(text) - 3


@given(
    title=st.text(max_size=40),
    outlet=st.text(max_size=10),
    text=st.text(min_size=1, max_size=60),
    cut=st.integers(0, 20),
)
def test_spans_behind_any_heading_are_slices_of_the_passage(title: str, outlet: str, text: str, cut: int) -> None:
    article = Article("a", text, title, "2022", outlet)
    passage_start = min(cut, len(text) - 1)
    model = FakeModel(lambda pieces, _: ([float(number) for number in range(len(pieces))],) * 2)
    for span in reading_behind(model, article, passage_start).spans:
        assert passage_start <= span.start < span.end <= len(text)


def copied(folder: Path, leave_out: str = "") -> Path:
    """Return the folder with the shipped reader's files in it, but for one."""
    for name in ("reader.json", "tokenizer.json", "model.onnx", "embeddings.bin"):
        if name != leave_out:
            shutil.copyfile(SHIPPED_READER / name, folder / name)
    return folder


@pytest.mark.parametrize("name", ["reader.json", "tokenizer.json", "model.onnx"])
def test_reader_with_a_missing_file_names_it_and_the_cure(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path, leave_out=name)
    with pytest.raises(FileNotFoundError, match=f"{folder} has no {name}; make one with: pressmark train export"):
        OnnxReader.open(folder)


def test_reader_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"the reader in {tmp_path}/none has no reader.json; make one with: "):
        OnnxReader.open(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "tokenizer.json",
            r"the model file .*tokenizer\.json was altered: its SHA-256 is \w{64}, expected \w{64}; reinstall",
        ),
        (
            "model.onnx",
            r"the model file .*model\.onnx was altered: its SHA-256 is \w{64}, expected \w{64}; reinstall",
        ),
    ],
)
def test_reader_with_an_altered_file_names_it_and_the_cure(tmp_path: Path, name: str, said: str) -> None:
    folder = copied(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        OnnxReader.open(folder)


def test_spec_is_what_reader_json_says() -> None:
    known = json.loads((SHIPPED_READER / "reader.json").read_text(encoding="utf-8"))
    assert (SPEC.name, SPEC.max_tokens, SPEC.stride) == (known["name"], known["max_tokens"], known["stride"])
    assert SPEC.sha256 == {name: onnx_models.sha256(SHIPPED_READER / name) for name in known["sha256"]}
    assert SPEC.max_answer_tokens < SPEC.stride < SPEC.max_tokens - SPEC.max_question_tokens


SIGNING = (
    "The Ministry of Culture of Georgia and the city of Baku signed a treaty on Monday. "
    "The treaty was signed by Ali Veli in the town hall."
)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"), [("Who signed the treaty?", "Ali Veli"), ("When was the treaty signed?", "Monday")]
)
def test_shipped_reader_finds_the_words(reader: OnnxReader, question: str, answer: str) -> None:
    assert answer in [span.text for span in reader.read(question, [passage(SIGNING)])[0].spans]


@pytest.mark.model
def test_shipped_reader_finds_an_answer_near_the_end_of_three_thousand_words(reader: OnnxReader) -> None:
    filler = "The weather was fine, and the market was full of people who bought apples and pears. "
    text = filler * 188 + "The prize was won by Leyla Mammadova of Sheki. " + filler
    assert len(text.split()) > 3000
    (reading,) = reader.read("Who won the prize?", [passage(text)])
    best = reading.spans[0]
    assert "Leyla Mammadova" in best.text
    assert text.index("Leyla") - 20 < best.start <= text.index("Leyla")


@pytest.mark.model
def test_shipped_reader_gives_the_same_scores_whatever_it_reads_beside(reader: OnnxReader) -> None:
    question, alone = "Who signed the treaty?", passage(SIGNING)
    others = [passage(FOX), passage("word " * 800), passage("")]
    (expected,) = reader.read(question, [alone])
    assert len(expected.spans) == SPANS
    beside = [reader.read(question, order) for order in ([alone, *others], [*others, alone], [alone] * 5)]
    assert [beside[0][0], beside[1][-1], *beside[2]] == [expected] * 7


@pytest.mark.model
def test_shipped_reader_reads_an_order_of_segments_differently() -> None:
    # were all word pieces of one type, as where token_type_ids are left out, the logits would not be these
    model = onnx_models.open_session(SHIPPED_READER / "model.onnx", SPEC.sha256["model.onnx"])
    encoding = TOKENIZERS.pairs.encode("Who signed the treaty?", SIGNING)
    start, *_ = onnx_models.run(model, encoding)
    ids = np.array([encoding.ids], dtype=np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    untyped, *_ = model.run(None, feed)
    assert np.abs(start - untyped).max() > 0.5


@pytest.mark.model
def test_shipped_reader_takes_a_question_longer_than_it_reads(reader: OnnxReader) -> None:
    question = "Who signed the treaty " + "that was planned " * 200 + "?"
    (reading,) = reader.read(question, [passage(SIGNING)])
    assert all(span.text in SIGNING for span in reading.spans)
    assert len(reading.spans) == SPANS


ALPHABET = "aB7 .,’-\n\u00e9\u0301\u030c𝒩👩\u200d\ufe0fİß北بह\u093f\u200b\u00ad½ﬁ"


@pytest.mark.model
@settings(max_examples=40)
@given(parts=st.tuples(*[st.text(st.sampled_from(ALPHABET), max_size=60)] * 3))
def test_shipped_reader_spans_are_whole_characters_inside_any_passage(reader: OnnxReader, parts: Sequence[str]) -> None:
    before, inside, after = (unicodedata.normalize("NFC", part) for part in parts)
    text = before + inside + after
    read = Passage(Article("a", text, ""), len(before), len(before) + len(inside))
    (reading,) = reader.read("What is it?", [read])
    for span in reading.spans:
        assert read.start <= span.start < span.end <= read.end
        assert np.isfinite(span.score)
        follower = text[span.end : min(span.end + 1, read.end)]
        assert not follower or not unicodedata.category(follower).startswith("M")


@pytest.mark.parametrize("trace", [b"site-packages", b"/home/", b"modeling_bert.py"])
def test_shipped_model_says_nothing_of_the_machine_that_made_it(trace: bytes) -> None:
    assert trace not in (SHIPPED_READER / "model.onnx").read_bytes()
