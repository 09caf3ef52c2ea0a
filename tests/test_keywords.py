import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.keywords import index as index_module
from embeddings.keywords.index import KeywordIndex
from embeddings.types import Allowed, Article, Filter, Passage, Stamp

STAMP = Stamp("an archive", 3)
ALL = Filter()


def whole(text: str, title: str = "", published: str = "", outlet: str = "") -> Passage:
    """An article of one passage."""
    return Passage(Article("a", text, title, published, outlet), 0, len(text))


def fill(folder: Path, *passages: Passage) -> KeywordIndex:
    """An index in which the passages are numbered from 1."""
    index = KeywordIndex(folder / "keywords")
    index.update([], enumerate(passages, start=1), STAMP)
    return index


def found(index: KeywordIndex, question: str, k: int = 10, only: Filter = ALL) -> list[int]:
    numbers: list[int] = index.search(question, k, only).numbers.tolist()
    return numbers


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The ministers signed the treaty.", "treaty"),
        ("The ministers signed the treaty.", "TREATY"),
        ("The ministers signed the treaty.", "who signs treaties?"),
        ("The ministers signed the treaty.", "minister"),
        ("A café in Baku", "cafe"),
        ("A cafe in Baku", "café"),
        ("ÉCLAIR", "eclair"),
        ("Straße", "strasse"),
        ("Rəsul Quliyev", "Resul rasul"),
        ("İstanbul", "istanbul"),
        ("İstanbul", "İstanbul"),
        ("ISTANBUL", "İstanbul"),
        ("İlham Əliyev", "ilham"),
        ("Москва подписала договор", "москва"),
        ("وقع الوزير الاتفاق", "الاتفاق"),
        ("كِتَاب", "كِتَاب"),
        ("हिन्दी", "हिन्दी"),
        ("The file snake_case holds it", "snake_case"),
        ("The file snake_case holds it", "case"),
        ("It cost 40,000 dollars", "40,000"),
        ("co-operation", "operation"),
        ("The year 2022", "2022"),
        ("x" * 59, "X" * 59),
    ],
)
def test_search_finds_the_word(text: str, question: str, tmp_path: Path) -> None:
    assert found(fill(tmp_path, whole("Nothing of that sort here."), whole(text)), question) == [2]


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "?!…",
        "_",
        "*",
        '"',
        "😀",
        "\u0301",
        "unknown",
        "x" * 10_000,
        "text:treaty*",
        "NOT",
        "AND",
        "IN",
    ],
    ids=lambda question: repr(question[:12]),
)
def test_search_without_a_known_word_finds_nothing(question: str, tmp_path: Path) -> None:
    assert found(fill(tmp_path, whole("The ministers signed.")), question) == []


@pytest.mark.parametrize(
    "question",
    [
        "-treaty",
        "NOT treaty",
        "treaty AND unknown",
        '"treaty',
        "treaty^",
        "title:treaty",
        "(treaty",
        "treaty~2",
        "+x treaty",
    ],
)
def test_query_syntax_is_only_words(question: str, tmp_path: Path) -> None:
    assert found(fill(tmp_path, whole("The treaty.")), question) == [1]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    return fill(tmp_path_factory.mktemp("small"), whole("The ministers signed the treaty, ﬁnally 😀 é."))


@given(st.text(max_size=200))
def test_any_question_is_answered_without_error(small: KeywordIndex, question: str) -> None:
    assert found(small, question.encode("utf-8", "replace").decode()) in ([], [1])


@pytest.mark.parametrize("only", [ALL, Filter(outlets=("Azernews",)), Filter("2022", "2023")])
def test_search_of_an_empty_index_finds_nothing(only: Filter, tmp_path: Path) -> None:
    assert found(KeywordIndex(tmp_path / "keywords"), "treaty", only=only) == []


@pytest.mark.parametrize(("k", "count"), [(1, 1), (3, 3), (1000, 3)])
def test_search_returns_at_most_k(k: int, count: int, tmp_path: Path) -> None:
    assert len(found(fill(tmp_path, *[whole("A treaty.")] * 3), "treaty", k)) == count


def test_equal_passages_tie(tmp_path: Path) -> None:
    ranking = fill(tmp_path, *[whole("A treaty.")] * 3).search("treaty", 10, ALL)
    assert sorted(ranking.numbers.tolist()) == [1, 2, 3]
    assert len(set(ranking.scores.tolist())) == 1


def bm25(term_count: int, length: int, mean_length: float, holding: int, passages: int) -> float:
    """The formula of Robertson & Zaragoza 2009 with Lucene's idf, k1 = 1.2, b = 0.75, as tantivy documents it."""
    idf = math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
    return idf * term_count * 2.2 / (term_count + 1.2 * (0.25 + 0.75 * length / mean_length))


def test_scores_are_bm25(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("treaty treaty signed here"), whole("treaty"), whole("border post"), whole("x"))
    mean = (4 + 1 + 2 + 1) / 4
    ranking = index.search("treaty", 10, ALL)
    assert ranking.numbers.tolist() == [2, 1]
    assert ranking.scores.tolist() == pytest.approx([bm25(1, 1, mean, 2, 4), bm25(2, 4, mean, 2, 4)], rel=1e-5)


def test_a_word_in_the_heading_counts_less(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("x", title="treaty"), whole("treaty", title="x"))
    ranking = index.search("treaty", 10, ALL)
    assert ranking.numbers.tolist() == [2, 1]
    assert ranking.scores[1] == pytest.approx(ranking.scores[0] * 0.4)


@pytest.mark.parametrize("question", ["Summit", "Azernews", "October"])
def test_title_outlet_and_date_are_searched(question: str, tmp_path: Path) -> None:
    index = fill(tmp_path, whole("They met."), whole("They met.", "The summit", "2022-10-19", "Azernews"))
    assert found(index, question) == [2]


MANY = [whole(f"The minister of town {number} said it") for number in range(20)]


def test_a_word_that_stands_in_headings_alone_ranks_beside_others(tmp_path: Path) -> None:
    passages = [whole("A treaty was signed.", outlet=outlet) for outlet in ("Gazette", "Azernews", "Herald")]
    assert found(fill(tmp_path, *passages), "treaty Azernews")[0] == 2


def test_a_word_that_most_passages_have_ranks_in_a_small_archive(tmp_path: Path) -> None:
    assert len(found(fill(tmp_path, *MANY, whole("The treaty")), "the treaty", 30)) == 21


def test_in_a_large_archive_a_common_word_ranks_only_if_all_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "LEAST_COMMON", 10)
    index = fill(tmp_path, *MANY, whole("The treaty"))
    assert found(index, "the treaty", 30) == [21]
    assert len(found(index, "The minister said?", 30)) == 21
    assert len(found(index, "the unheard", 30)) == 21


def test_a_word_asked_twice_counts_once(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("The treaty."), whole("The border."))
    assert index.search("treaty treaty", 1, ALL).scores.tolist() == index.search("treaty", 1, ALL).scores.tolist()


DATED = ("2022-10-19", "2022-10", "2022", "", "2023-01-01")


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter("2022-10-19", "2022-10-19"), [1, 2, 3]),
        (Filter("2022-10-20", "2022-10-31"), [2, 3]),
        (Filter("2022-11-01", "2022-12-31"), [3]),
        (Filter("2022-12-31", "2023-01-01"), [3, 5]),
        (Filter(published_from="2023"), [5]),
        (Filter(published_to="2022"), [1, 2, 3]),
        (Filter(published_to="2021"), []),
        (Filter("0001", "9999"), [1, 2, 3, 5]),
        (ALL, [1, 2, 3, 4, 5]),
    ],
    ids=str,
)
def test_date_filter_keeps_what_may_be_of_these_days(only: Filter, expected: list[int], tmp_path: Path) -> None:
    index = fill(tmp_path, *[whole("A treaty.", published=published) for published in DATED])
    assert sorted(found(index, "treaty", only=only)) == expected


DATES = st.dates(date(2021, 12, 1), date(2023, 2, 1)).flatmap(
    lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]])
)


@given(st.lists(DATES | st.just(""), min_size=1, max_size=12), DATES, DATES)
@settings(max_examples=25)
def test_date_filter_lets_through_where_the_days_meet(dates: list[str], one: str, other: str) -> None:
    only = Filter(min(one, other), max(one, other))
    first, last = only.days or (0, 0)
    days = [Article("a", "treaty", "", published).days for published in dates]
    expected = [number for number, (begun, ended) in enumerate(days, start=1) if begun <= last and first <= ended]
    with TemporaryDirectory() as folder:
        index = fill(Path(folder), *(whole("treaty", published=published) for published in dates))
        assert sorted(found(index, "treaty", len(dates), only)) == expected


@pytest.mark.parametrize(
    ("outlet", "expected"),
    [("Azernews", [1]), ("azernews", []), ("Azernews Daily", [2]), ("Azer", []), ("Новости", [3]), ("Le Café", [4])],
)
def test_outlet_filter_is_exact(outlet: str, expected: list[int], tmp_path: Path) -> None:
    outlets = ("Azernews", "Azernews Daily", "Новости", "Le Café")
    index = fill(tmp_path, *[whole("A treaty.", outlet=name) for name in outlets])
    assert found(index, "treaty", only=Filter(outlets=(outlet,))) == expected


def test_filter_leaves_scores_as_they_are(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("A treaty.", published="2022", outlet="Azernews"), whole("A border."))
    free, bound = (index.search("treaty", 1, only) for only in (ALL, Filter("2022", "2022", ("Azernews",))))
    assert bound.scores.tolist() == pytest.approx(free.scores.tolist())


def test_the_few_that_pass_a_filter_are_found_behind_many_better_ones(tmp_path: Path) -> None:
    better = [whole("treaty treaty treaty", outlet="Azernews", published="2022")] * 297
    worse = [whole("treaty " + "and other words " * 40, outlet="Gazette", published="1999-05-05")] * 3
    index = fill(tmp_path, *better, *worse)
    assert sorted(found(index, "treaty", 3, Filter("1999-05", "1999-05"))) == [298, 299, 300]
    assert sorted(found(index, "treaty", 3, Filter(outlets=("Gazette",)))) == [298, 299, 300]


@pytest.mark.parametrize("wide", [0, 1000], ids=["in the query", "of the best of all"])
@pytest.mark.parametrize(
    "allowed", [(), ("Azernews",), ("Turan",), ("Gazette",), ("Gazette", "Azernews"), ("of nobody",)], ids=str
)
def test_a_known_filter_gives_the_same_ranking(
    allowed: tuple[str, ...], wide: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlets = [*["Turan"] * 60, *["Azernews"] * 30, "Gazette"]
    passages = [whole("treaty " * (1 + n % 7) + "word " * (n % 11), outlet=name) for n, name in enumerate(outlets)]
    index = fill(tmp_path, *passages, whole("Nothing", outlet="Gazette"))
    only = Filter(outlets=allowed)
    mask = np.array([False, *(not allowed or name in allowed for name in [*outlets, "Gazette"])])
    monkeypatch.setattr(index_module, "WIDE", wide)
    known = index.search("treaty", 20, only, allowed=Allowed(mask))
    expected = index.search("treaty", 20, only)
    assert known.scores.tolist() == expected.scores.tolist()
    assert set(known.numbers.tolist()) <= set(np.flatnonzero(mask).tolist())
    found = {(): 20, ("Azernews",): 20, ("Turan",): 20, ("Gazette",): 1, ("Gazette", "Azernews"): 20}
    assert len(known.numbers) == found.get(allowed, 0)


def test_update_removes_and_replaces(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("A treaty."), whole("A border."))
    index.update([1, 999], [(2, whole("A summit.")), (3, whole("A treaty again."))], Stamp("an archive", 4))
    assert sorted(found(index, "treaty border summit")) == [2, 3]
    assert found(index, "border") == []
    assert len(index) == 2
    assert index.stamp == Stamp("an archive", 4)


def test_update_done_twice_is_done_once(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("A treaty."), whole("A border."))
    index.update([], [(1, whole("A treaty.")), (2, whole("A border."))], STAMP)
    assert len(index) == 2
    assert found(index, "treaty") == [1]


def test_opened_again_it_gives_the_same_hits(tmp_path: Path) -> None:
    first = fill(tmp_path, whole("The treaty of Baku", "Talks"), whole("Talks"), whole("Baku")).search(
        "Baku talks", 5, ALL
    )
    again = KeywordIndex(tmp_path / "keywords").search("Baku talks", 5, ALL)
    assert (again.numbers.tolist(), again.scores.tolist()) == (first.numbers.tolist(), first.scores.tolist())


def test_an_open_index_sees_what_another_wrote_once_reloaded(tmp_path: Path) -> None:
    reading = fill(tmp_path, whole("A treaty."))
    KeywordIndex(tmp_path / "keywords").update([], [(2, whole("A border."))], Stamp("an archive", 4))
    reading.reload()
    assert found(reading, "border") == [2]
    assert reading.stamp == Stamp("an archive", 4)


@pytest.mark.parametrize("content", ["", "null", "[]", "{}", '{"archive": "a"}', "\x00\x01"])
def test_stamp_that_cannot_be_read_is_none(content: str, tmp_path: Path) -> None:
    index = fill(tmp_path, whole("A treaty."))
    (tmp_path / "keywords" / "stamp.json").write_text(content)
    assert index.stamp is None


def test_stamp_of_a_new_index_is_none(tmp_path: Path) -> None:
    assert KeywordIndex(tmp_path / "keywords").stamp is None


def test_stamp_is_what_was_written(tmp_path: Path) -> None:
    assert fill(tmp_path, whole("A treaty.")).stamp == STAMP
    known = json.loads((tmp_path / "keywords" / "stamp.json").read_text())
    assert (known["archive"], known["generation"]) == ("an archive", 3)


def test_deleted_index_is_gone_and_deleting_it_again_is_fine(tmp_path: Path) -> None:
    fill(tmp_path, whole("A treaty."))
    KeywordIndex.delete(tmp_path / "keywords")
    KeywordIndex.delete(tmp_path / "keywords")
    assert list(tmp_path.iterdir()) == []


def test_opening_files_that_are_no_index_raises(tmp_path: Path) -> None:
    (tmp_path / "keywords").mkdir()
    (tmp_path / "keywords" / "meta.json").write_text("nonsense")
    with pytest.raises(ValueError, match=r"meta\.json|deserialize|corrupt|expected"):
        KeywordIndex(tmp_path / "keywords")


def test_what_fails_halfway_leaves_the_files_as_they_were_and_no_thread_that_writes(tmp_path: Path) -> None:
    index = fill(tmp_path, whole("The treaty."))
    before = {path.name: path.read_bytes() for path in (tmp_path / "keywords").iterdir()}

    def broken() -> Iterator[tuple[int, Passage]]:
        yield 2, whole("The border.")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        index.write([1], broken(), STAMP)
    after = {path.name: path.read_bytes() for path in (tmp_path / "keywords").iterdir()}
    assert {name: after[name] for name in before if name != ".managed.json"} == {
        name: content for name, content in before.items() if name != ".managed.json"
    }
    assert (index.stamp, found(KeywordIndex(tmp_path / "keywords"), "treaty border")) == (STAMP, [1])
    index.update([], [(2, whole("The border."))], STAMP)
    assert sorted(found(index, "treaty border")) == [1, 2]
