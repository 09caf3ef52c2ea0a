"""What newsrooms' exports hold, all the way from a file into an archive and out of both legs of its search."""

import gzip
import json
from pathlib import Path

import pytest

from embeddings.files import contents
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.indexing.reports import IndexReport
from embeddings.types import Counts, Filter, Passage

pytestmark = pytest.mark.slow

ALL = Filter()


def index(archive: Archive, folder: Path, *records: object) -> IndexReport:
    path = folder / "export.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return index_paths(archive, [path], lambda _: None)


def found(archive: Archive, word: str, only: Filter = ALL) -> list[Passage]:
    """What both legs find; the vectors find all that pass the filter."""
    keywords = archive.search_keywords(word, 9, only).numbers
    vectors = archive.search_vectors(archive.encoder.encode_questions([word]), 9_999, only).numbers
    assert set(keywords.tolist()) <= set(vectors.tolist())
    passages = archive.passages(keywords)
    return [passages[number] for number in keywords.tolist()]


# --- ids --------------------------------------------------------------------------------------------------------------


NAMES = (
    "a/b", "/", "..", "../../a", "a\\b", 'say "a"', "O'Brien", "'; DROP TABLE article; --", "a b", "%2F", "<b>",
    "a#1", "a@5", "*", "?q=1", "Я", "خبر", "😀", "x" * 200,
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:12])
def test_an_id_of_any_visible_characters_names_its_article(name: str, archive: Archive, tmp_path: Path) -> None:
    assert index(archive, tmp_path, {"id": name, "text": "The treaty."}, {"id": "b", "text": "It rained."}).added == 2
    assert archive.store.article(name).text == "The treaty."
    assert [passage.id for passage in found(archive, "treaty")] == [f"{name}@0"]
    archive.remove([name])
    assert [article.id for article in archive.store.articles()] == ["b"]


@pytest.mark.parametrize("name", ["a\nb", "a\r\nb", "a\tb", "\0", "x" * 201, "x" * 10_000], ids=repr)
def test_an_id_that_cannot_be_told_is_named_and_the_rest_goes_in(name: str, archive: Archive, tmp_path: Path) -> None:
    report = index(archive, tmp_path, {"id": name, "text": "The treaty."}, {"id": "b", "text": "It rained."})
    [unread] = report.unread
    assert unread.source == f"{tmp_path}/export.jsonl#1"
    assert unread.reason == f'"id" is {name.strip()[:200]!r}; give 1 to 200 characters, none a control character'
    assert [article.id for article in archive.store.articles()] == ["b"]


# --- lengths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["7", "Я", "😀", "é"])
def test_an_article_of_one_character_is_kept(text: str, archive: Archive, tmp_path: Path) -> None:
    assert index(archive, tmp_path, {"id": "a", "text": text}).added == 1
    [passage] = archive.passages([1]).values()
    assert (passage.text, passage.start, passage.end) == (text, 0, 1)


def test_a_very_long_article_is_found_at_its_end(archive: Archive, tmp_path: Path) -> None:
    text = "It rained in the capital and in all towns of the north. " * 9_000 + "Then the treaty was signed."
    assert index(archive, tmp_path, {"id": "a", "text": text}, {"id": "b", "text": "The border."}).added == 2
    [passage] = found(archive, "treaty")
    assert passage.end == len(text) == 504_027
    assert text[passage.start : passage.end] == passage.text
    assert archive.store.counts().articles == 2


def test_two_thousand_articles_of_one_sentence_go_in_with_two_transactions(archive: Archive, tmp_path: Path) -> None:
    records = [{"id": str(number), "text": f"Treaty number n{number} was signed."} for number in range(2_000)]
    assert index(archive, tmp_path, *records) == IndexReport(added=2_000)
    assert archive.store.counts() == Counts(2_000, 2_000)
    assert archive.store.generation == 2
    assert [passage.article.id for passage in found(archive, "n1234")] == ["1234"]
    assert index(archive, tmp_path, *records) == IndexReport(unchanged=2_000)


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "published", "only"),
    [
        ("9999-12-31", "9999-12-31", Filter("9999", "9999")),
        ("31 December 9999", "9999-12-31", Filter("2022")),
        ("0001-01-01", "0001-01-01", Filter("0001", "0001-01")),
        ("2099", "2099", Filter("2099-05-01", "2099-05-01")),
        ("12 mart 2022-ci il", "2022-03-12", Filter("2022-03-12", "2022-03-12")),
        ("١٩ أكتوبر ٢٠٢٢", "2022-10-19", Filter("2022-10", "2022-10")),
    ],
)
def test_a_date_is_filtered_by(said: str, published: str, only: Filter, archive: Archive, tmp_path: Path) -> None:
    records = [{"id": "a", "text": "The treaty.", "date": said}, {"id": "b", "text": "A treaty.", "date": "1850-05-05"}]
    index(archive, tmp_path, *records)
    assert archive.store.article("a").published == published
    assert [passage.article.id for passage in found(archive, "treaty", only)] == ["a"]


@pytest.mark.parametrize("said", ["0000-01-01", "0", "10000-01-01", "23 ربيع الأول 1444", "soon", "2022-02-30"])
def test_what_is_no_date_is_in_no_range(said: str, archive: Archive, tmp_path: Path) -> None:
    assert index(archive, tmp_path, {"id": "a", "text": "The treaty.", "date": said}).added == 1
    assert archive.store.article("a").published == ""
    assert [passage.article.id for passage in found(archive, "treaty")] == ["a"]
    assert found(archive, "treaty", Filter("0001", "9999")) == []


# --- scripts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Nazirlər Bakıda müqaviləni imzaladılar. İki ölkə sərhədi açdı.", "müqaviləni"),
        ("Nazirlər Bakıda müqaviləni imzaladılar. İKİ ÖLKƏ SƏRHƏDİ AÇDI.", "sərhədi"),
        ("Министры подписали договор в Баку. Ёлки стояли у моста.", "договор"),
        ("Министры подписали договор в Баку. Ёлки стояли у моста.", "ёлки"),
        ("وقع الوزراء الاتفاق في باكو. وافتتحوا المعبر الحدودي.", "الاتفاق"),
        ("قال الوزير: «وقّعنا» — ١٢٣ مرة.", "الوزير"),
        ("👩‍👩‍👧 🇦🇿 The ministers 😀 signed the treaty 👍🏽.", "treaty"),
        ("Le cafe\u0301 ferme\u0301 a rouvert. Zalgo t\u0336r\u0336eaty.", "café"),
        ("q\u0323\u0307 is one letter, and the treaty another.", "treaty"),
        ("İstanbul'da antlaşma imzalandı.", "istanbul"),
        ("Ｔｈｅ ｔｒｅａｔｙ, in wide letters.", "wide"),
    ],
)
def test_a_word_in_any_script_is_found_at_its_place(text: str, word: str, archive: Archive, tmp_path: Path) -> None:
    index(
        archive,
        tmp_path,
        {"id": "a", "title": "T", "text": f"{text} {'😀 ' * 300}{text}"},
        {"id": "b", "text": "Nothing."},
    )
    passages = found(archive, word)
    assert {passage.article.id for passage in passages} == {"a"}
    stored = archive.store.article("a").text
    assert all(stored[passage.start : passage.end] == passage.text for passage in passages)
    assert len(passages) >= 2  # the first and the last occurrence, on either side of the emoji
    assert all(fold(word) in fold(passage.text) for passage in passages)


def fold(text: str) -> str:
    return text.replace("İ", "i").replace("I", "i").casefold()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_bomb_in_a_bomb_is_named_and_the_rest_goes_in(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MAX_FILE", 1_000_000)
    (tmp_path / "in").mkdir()
    inner = gzip.compress(b'{"text": "One."}\n' + b"\n" * 2_000_000)
    (tmp_path / "in" / "a.jsonl.gz.gz").write_bytes(gzip.compress(inner))
    (tmp_path / "in" / "b.txt").write_text("It rained.")
    report = index_paths(archive, [tmp_path / "in"], lambda _: None)
    assert report.added == 2
    [unread] = report.unread
    assert unread.reason.startswith(
        "unpacks to more than 1,000,000 bytes, which is much for its size: this may be a zip"
    )


def test_a_file_that_vanishes_during_a_run_is_named_and_the_rest_goes_in(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "embeddings.indexing.background.TRANSACTION_SECONDS", 0.0
    )  # the first is stored, and told, before the second is looked at
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text(f"Article {name}.")
    gone = tmp_path / "b.txt"
    report = index_paths(archive, [tmp_path / f"{n}.txt" for n in "abc"], lambda _: gone.unlink(missing_ok=True))
    assert (report.added, [unread.source for unread in report.unread]) == (2, [str(gone)])
    assert [article.text for article in archive.store.articles()] == ["Article a.", "Article c."]


def test_a_file_that_is_written_to_during_a_run_is_read_again_the_next_time(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_SECONDS", 0.0)
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "One."}\n{"id": "2", "text": "Two."}\n')
    rest = iter(['{"id": "3", "text": "Three."}\n'])

    def write_more(_: int) -> None:
        with path.open("a") as file:
            file.write(next(rest, ""))

    report = index_paths(archive, [path], write_more)
    assert [unread.reason for unread in report.unread] == [
        "changed while it was read; index it again when it is complete"
    ]
    index_paths(archive, [path], lambda _: None)
    assert [article.text for article in archive.store.articles()] == ["One.", "Two.", "Three."]
