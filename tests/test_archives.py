"""What every archive does, wherever it lies: the same tests over a folder and over Milvus Lite."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adding import Added, add
from conftest import SEEDS, let_go
from embeddings.archives import GrowingArchive
from embeddings.indexing.index import index_paths, look_through
from embeddings.indexing.looks import READ_ALL
from embeddings.indexing.reports import IndexReport
from embeddings.locations import Location, open_archive, open_or_create
from embeddings.records import OtherSource, SourceChanges
from embeddings.types import Article, Counts, Filter
from fakes import FakeEncoder
from three_articles import ALL, BORDER, QUESTION, THREE, TREATY, WEATHER, Leg, article, by_keywords, by_vectors, names

pytestmark = pytest.mark.slow


class OtherEncoder(FakeEncoder):
    """Same vectors, another name."""

    name = "other"


@pytest.fixture
def archive(location: Location) -> Iterator[GrowingArchive]:
    with closing(open_or_create(location, FakeEncoder())) as opened:
        yield opened


@pytest.fixture
def filled(archive: GrowingArchive) -> GrowingArchive:
    add(archive, THREE)
    archive.refresh()
    return archive


both_legs = pytest.mark.parametrize("leg", [by_vectors, by_keywords])


# --- empty ------------------------------------------------------------------------------------------------------------


def test_an_empty_archive_holds_nothing(archive: GrowingArchive) -> None:
    archive.refresh()
    assert archive.store.counts() == Counts(0, 0)
    assert (archive.store.outlets(), list(archive.store.articles()), archive.store.generation) == ([], [], 0)
    assert (archive.store.sources(), archive.store.file_records(), archive.store.origins(["treaty"])) == ({}, {}, {})
    assert archive.passages([]) == archive.passages([1, 2]) == {}


@both_legs
@pytest.mark.parametrize("only", [ALL, Filter("2022", "2022"), Filter(outlets=("Azernews",))], ids=str)
def test_an_empty_archive_finds_nothing(leg: Leg, only: Filter, archive: GrowingArchive) -> None:
    found = leg(archive, only=only)
    assert (found.numbers.tolist(), found.scores.tolist()) == ([], [])


def test_an_archive_is_where_it_was_made_and_nowhere_else(location: Location) -> None:
    assert not location.exists()
    open_or_create(location, FakeEncoder()).close()
    assert location.exists()


def test_opening_where_there_is_none_says_how_to_make_one(location: Location) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no archive in .*; make one with: pressmark index PATH"):
        open_archive(location, FakeEncoder())


def test_another_encoder_is_refused_and_both_are_named(location: Location) -> None:
    open_or_create(location, FakeEncoder()).close()
    with pytest.raises(ValueError, match="was built with encoder 'fake', this is 'other'; set PRESSMARK_ENCODER"):
        open_archive(location, OtherEncoder())


# --- add, change, remove ----------------------------------------------------------------------------------------------


def test_added_changed_and_unchanged_are_told_apart(filled: GrowingArchive) -> None:
    generation = filled.store.generation
    changed, new = replace(BORDER, text="The border post was closed."), article("new", "Something new.")
    done = add(filled, [TREATY, changed, new])
    assert done == Added(added=("new",), changed=("border",), unchanged=("treaty",))
    assert filled.store.counts().articles == 4
    assert filled.store.generation > generation


def test_adding_the_same_again_changes_nothing(filled: GrowingArchive) -> None:
    generation, counts = filled.store.generation, filled.store.counts()
    assert add(filled, THREE) == Added((), (), ("treaty", "border", "weather"))
    assert (filled.store.generation, filled.store.counts()) == (generation, counts)


def test_the_last_of_equal_ids_counts(archive: GrowingArchive) -> None:
    assert add(archive, [replace(TREATY, text="First."), TREATY]).added == ("treaty",)
    assert archive.store.article("treaty") == TREATY


def test_articles_come_back_as_they_were(filled: GrowingArchive) -> None:
    assert sorted(filled.store.articles(), key=lambda each: each.id) == [BORDER, TREATY, WEATHER]
    assert [filled.store.article(each.id) for each in THREE] == list(THREE)
    assert filled.store.outlets() == ["Azernews", "Gazette"]


def test_a_change_replaces_the_passages_on_both_legs(filled: GrowingArchive) -> None:
    add(filled, [replace(TREATY, text="Ships left the harbour.", title="Ships", outlet="Times")])
    filled.refresh()
    assert names(filled, by_keywords(filled, "treaty")) == []
    assert names(filled, by_keywords(filled, "harbour")) == ["treaty@0"]
    assert names(filled, by_vectors(filled, "Ships Times Ships left the harbour", 1)) == ["treaty@0"]
    passages = filled.passages(by_vectors(filled).numbers).values()
    assert [each.text for each in passages if each.article.id == "treaty"] == ["Ships left the harbour."]
    assert len(passages) == filled.store.counts().passages
    assert filled.store.outlets() == ["Azernews", "Gazette", "Times"]


def test_a_removed_article_is_gone_on_both_legs(filled: GrowingArchive) -> None:
    filled.remove(["border"])
    filled.refresh()
    assert names(filled, by_keywords(filled, "border")) == []
    assert "border@0" not in names(filled, by_vectors(filled))
    assert filled.store.counts() == Counts(2, len(by_vectors(filled).numbers))
    assert filled.store.outlets() == ["Azernews"]
    with pytest.raises(KeyError, match="border"):
        filled.store.article("border")


def test_removing_an_unknown_article_removes_nothing(filled: GrowingArchive) -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled.remove(["treaty", "nobody"])
    assert filled.store.counts().articles == 3


def test_removing_all_and_adding_again_gives_the_same_hits(filled: GrowingArchive) -> None:
    before = [names(filled, leg(filled)) for leg in (by_vectors, by_keywords)]
    filled.remove([each.id for each in THREE])
    filled.refresh()
    assert [leg(filled).numbers.tolist() for leg in (by_vectors, by_keywords)] == [[], []]
    add(filled, THREE)
    filled.refresh()
    assert [names(filled, leg(filled)) for leg in (by_vectors, by_keywords)] == before


def test_an_archive_opened_again_gives_the_same_hits(filled: GrowingArchive, location: Location) -> None:
    before = [(names(filled, leg(filled)), leg(filled).scores.tolist()) for leg in (by_vectors, by_keywords)]
    generation = filled.store.generation
    filled.close()
    let_go(location)
    with closing(open_archive(location, FakeEncoder())) as again:
        after = [(names(again, leg(again)), leg(again).scores.tolist()) for leg in (by_vectors, by_keywords)]
        assert [found for found, _ in after] == [found for found, _ in before]
        assert [scores for _, scores in after] == [pytest.approx(scores, rel=1e-5) for _, scores in before]
        assert (again.store.generation, again.store.counts().articles) == (generation, 3)


# --- search -----------------------------------------------------------------------------------------------------------


def test_vectors_agree_with_numpy(filled: GrowingArchive) -> None:
    from embeddings.passages import SPLITTING

    found = by_vectors(filled)
    passages = filled.passages(found.numbers)
    texts = [SPLITTING.to_encode(passages[number]) for number in found.numbers.tolist()]
    encoder = FakeEncoder()
    scores = (encoder.encode_passages(texts) @ encoder.encode_questions([QUESTION])[0]).tolist()
    assert found.scores.tolist() == pytest.approx(scores, abs=1e-5)
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
    assert len(texts) == filled.store.counts().passages


@both_legs
@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 2), (3, 3), (20_000, 3)])
def test_k_beyond_the_archive_returns_all(leg: Leg, k: int, count: int, archive: GrowingArchive) -> None:
    add(archive, [article(name, "The treaty.") for name in "abc"])
    archive.refresh()
    assert len(leg(archive, "treaty", k).numbers) == count


def test_equal_passages_have_equal_scores_on_both_legs(archive: GrowingArchive) -> None:
    add(archive, [Article(name, "The treaty.", "Title") for name in "abc"])
    archive.refresh()
    for ranking in (by_vectors(archive, "treaty"), by_keywords(archive, "treaty")):
        assert len(set(ranking.scores.tolist())) == 1
        assert sorted(names(archive, ranking)) == ["a@0", "b@0", "c@0"]


def test_keywords_are_stems_with_accents_folded_and_have_positive_scores(archive: GrowingArchive) -> None:
    add(archive, [article("a", "The café signed treaties."), article("b", "Nothing of that sort.")])
    archive.refresh()
    for question in ("treaty", "CAFE", "signing"):
        found = by_keywords(archive, question)
        assert (names(archive, found), bool(found.scores[0] > 0)) == (["a@0"], True)
    assert by_keywords(archive, "?!").numbers.tolist() == []


@pytest.mark.parametrize("k", [1, 10])
def test_a_word_in_the_heading_counts_what_it_is_told_to(k: int, archive: GrowingArchive) -> None:
    add(archive, [Article("above", "Something else.", "Treaty"), Article("within", "The treaty.", "Something")])
    archive.refresh()
    assert names(archive, archive.search_keywords("treaty", k, ALL, 0))[0] == "within@0"
    assert names(archive, archive.search_keywords("treaty", k, ALL, 9))[0] == "above@0"
    once, twice = (archive.search_keywords("treaty", k, Filter(), weight).scores[0] for weight in (9, 18))
    assert twice == pytest.approx(2 * once, rel=1e-5)


DATED = {"day": "2022-10-19", "month": "2022-10", "year": "2022", "undated": "", "later": "2023-01-01"}


@both_legs
def test_filters_mean_the_same_on_both_legs(leg: Leg, archive: GrowingArchive) -> None:
    add(archive, [article(name, "The treaty.", date, f'of "{name}" \\') for name, date in DATED.items()])
    archive.refresh()
    expected = {
        Filter("2022-10-19", "2022-10-19"): ["day", "month", "year"],
        Filter("2022-10-20", "2022-10-31"): ["month", "year"],
        Filter("2022-12-31", "2023"): ["later", "year"],
        Filter(published_from="2023-01-02"): [],
        Filter(published_to="2022-09"): ["year"],
        Filter("0001", "9999"): ["day", "later", "month", "year"],
        Filter(outlets=('of "day" \\',)): ["day"],
        Filter("2022", "2022", ('of "later" \\',)): [],
        Filter(outlets=("of nobody",)): [],
        Filter(outlets=("of nobody", 'of "month" \\', 'of "day" \\')): ["day", "month"],
        Filter(articles=("undated", "later", "none")): ["later", "undated"],
        Filter("2023", outlets=('of "later" \\', 'of "day" \\'), articles=("day", "later")): ["later"],
        Filter(articles=("none",)): [],
        ALL: ["day", "later", "month", "undated", "year"],
    }
    found = {only: sorted(names(archive, leg(archive, "treaty", only=only))) for only in expected}
    assert found == {only: [f"{name}@0" for name in those] for only, those in expected.items()}


@both_legs
def test_a_filter_applies_before_the_search(leg: Leg, archive: GrowingArchive) -> None:
    add(archive, [article(f"a{n}", "Treaty treaty treaty.", "2022-10-19", "Azernews") for n in range(100)])
    worst = "Treaty, and then many other words that no question holds: " + "rain and fog, " * 20
    add(archive, [article(f"rare{n}", worst, "1999-05", "Gazette") for n in range(3)])
    archive.refresh()
    rare = ["rare0@0", "rare1@0", "rare2@0"]
    assert sorted(names(archive, leg(archive, "treaty"))[-3:]) == rare
    of_three = Filter(articles=("rare0", "rare1", "rare2"))
    for only in (Filter("1999", "1999"), Filter("1999-05-31", "1999-05-31"), Filter(outlets=("Gazette",)), of_three):
        assert sorted(names(archive, leg(archive, "treaty", 3, only))) == rare


# --- odd input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "quote \" and ' and \\",
        "line\nline\ttab",
        "x" * 10_000,
        "ы" * 10_000,
        "😀",
        " ",
        "a in [1] or true",
        "%_",
    ],
    ids=["slash", "quotes", "lines", "long", "long Cyrillic", "non-BMP", "blank", "condition", "wildcards"],
)
def test_an_id_of_any_kind_is_kept(name: str, archive: GrowingArchive) -> None:
    odd = replace(TREATY, id=name, source=f"/news/{name[:100]}", outlet=name[:200], byline=name[:200])
    add(archive, [BORDER, odd])
    archive.refresh()
    assert archive.store.article(name) == odd
    assert names(archive, by_keywords(archive, "treaty", only=Filter(outlets=(name[:200],)))) == [f"{name}@0"]
    assert add(archive, [odd]).unchanged == (name,)
    assert (archive.store.sources()[name], archive.store.origins([name])[name].source) == (odd.source, odd.source)
    archive.remove([name])
    archive.refresh()
    assert (archive.store.counts().articles, names(archive, by_keywords(archive, "treaty"))) == (1, [])


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("7", "7"),
        ("😀 The treaty 😀", "treaty"),
        ("Le cafe\u0301 est fermé", "fermé"),
        ("وقع الوزير الاتفاق", "الاتفاق"),
        ("Министр подписал договор", "договор"),
        ("x" * 10_000 + " treaty", "treaty"),
        ("The \"treaty\" \\ of\x00 \n\u2028 'Baku'", "treaty"),
        ("😀" * 100_000 + " treaty", "treaty"),
    ],
    ids=["one character", "non-BMP", "combining", "Arabic", "Cyrillic", "endless word", "quotes", "400,000 bytes"],
)
def test_text_of_any_kind_is_found_and_sliced(text: str, question: str, archive: GrowingArchive) -> None:
    add(archive, [article("a", text), article("b", "Nothing of that sort.")])
    archive.refresh()
    assert archive.store.article("a").text == text
    found = archive.passages(by_keywords(archive, question).numbers).values()
    assert {passage.article.id for passage in found} == {"a"}
    assert all(passage.text == text[passage.start : passage.end] for passage in found)
    assert any(question in passage.text for passage in found)


@pytest.mark.parametrize("text", ["", " \n ", "!?"])
def test_an_article_without_words_is_kept_and_found_by_no_word(text: str, archive: GrowingArchive) -> None:
    add(archive, [Article("blank", text, "")])
    archive.refresh()
    assert archive.store.counts().articles == 1
    assert archive.store.article("blank").text == text
    assert by_keywords(archive).numbers.tolist() == []


# --- files ------------------------------------------------------------------------------------------------------------


def test_index_paths_reads_what_changed_and_prunes_what_is_gone(archive: GrowingArchive, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for path in SEEDS.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    report = index_paths(archive, [folder], lambda _: None)
    assert (report.added, report.unread, archive.store.counts().articles) == (2, [], 2)
    again = index_paths(archive, [folder], lambda _: None)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    min(folder.iterdir()).unlink()
    pruned = look_through(archive, [folder], READ_ALL)
    assert (pruned.removed, archive.store.counts().articles) == (1, 1)
    assert len(by_vectors(archive).numbers) == archive.store.counts().passages


def test_an_article_that_is_read_elsewhere_has_that_source(filled: GrowingArchive) -> None:
    filled.save([], changes=SourceChanges(moved={"treaty": OtherSource("treaty", "elsewhere.jsonl#7", "treaty")}))
    assert filled.store.article("treaty").source == "elsewhere.jsonl#7"
    assert add(filled, [TREATY]).unchanged == ("treaty",)


def test_one_generation_may_nest_and_be_followed(filled: GrowingArchive) -> None:
    with filled.following(), filled.one_generation():
        found = by_keywords(filled, "treaty")
        with filled.one_generation():
            assert names(filled, found) == ["treaty@0"]
        assert names(filled, found) == ["treaty@0"]


def test_a_later_version_that_says_the_same_changes_nothing_but_the_order(
    archive: GrowingArchive, tmp_path: Path
) -> None:
    def report(name: str, year: int, text: str) -> IndexReport:
        record = {"url": "https://a.example/1", "title": "Wall", "text": text, "modified": f"{year}-03-12T08:00:00"}
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
        return index_paths(archive, [tmp_path / f"{name}.json"], lambda _: None)

    assert report("a", 2021, "The wall stands.").added == 1
    assert report("b", 2023, "The wall stands.") == IndexReport(unchanged=1)
    assert [article.version for article in archive.store.articles()] == ["2021-03-12T08:00:00"]
    assert len(report("c", 2022, "The wall fell.").older) == 1
    assert report("a", 2024, "The wall stands.") == IndexReport(unchanged=1)
    assert report("c", 2025, "The wall fell.").changed == 1
    assert [article.text for article in archive.store.articles()] == ["The wall fell."]
