"""Retrieval: fusion by hand, ties, k beyond the archive, and filters that apply before the search on both legs."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import NO_FILTER, Article, Filter, Ranking
from fakes import FakeEncoder, near
from qa.retriever import Proposals, normalise, retrieve
from qa.settings import Settings

BRIDGE = "The bridge over the river was opened on Monday."
ARTICLES = [
    Article("bridge", BRIDGE, "Opening", "2022-10-19", "Wire"),
    Article("budget", "Parliament passed the budget after a long debate.", "Budget", "2022-10", "Wire"),
    Article("flood", "The river flooded two villages; the bridge held.", "Flood", "2023-04-01", "Gazette"),
    Article("match", "The home side won the match in extra time.", "Match", "2023", "Gazette"),
    Article("poem", "A poem about rivers was read.", "Poem"),
]
AGELESS = Settings(recency_weight=0.0, latest_weight=0.0)
VECTORS_ONLY, KEYWORDS_ONLY = replace(AGELESS, vector_weight=1.0), replace(AGELESS, vector_weight=0.0)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Five articles of one passage each."""
    archive = Archive.create(tmp_path_factory.mktemp("news") / "archive", FakeEncoder())
    add(archive, ARTICLES)
    archive.refresh()
    yield archive
    archive.close()


def ranking(**scores: float) -> Ranking:
    """Return a ranking of passages named by numbers: _3=0.5 is passage 3 with score 0.5."""
    numbers = np.array([int(name[1:]) for name in scores], dtype=np.int64)
    return Ranking(numbers, np.array(list(scores.values()), dtype=np.float32))


def found(archive: Archive, question: str, settings: Settings, only: Filter = NO_FILTER) -> list[str]:
    return [hit.passage.article.id for hit in retrieve(archive, question, only, settings).hits]


def test_fuse_weighs_what_each_leg_says_of_a_passage() -> None:
    vectors, keywords = ranking(_1=0.9, _2=0.5, _3=0.1), ranking(_2=30.0, _4=20.0, _1=10.0)
    # normalised: vectors 1, 0.5, 0; keywords 1, 0.5, 0
    assert Proposals(vectors, keywords).fused(0.4) == {
        1: near(0.4),
        2: near(0.4 * 0.5 + 0.6),
        3: near(0.0),
        4: near(0.6 * 0.5),
    }


def test_fuse_gives_the_leg_whose_best_stands_out_more_of_the_weight() -> None:
    # Four scores of which one is 1 and the others 0: mean 1/4, standard deviation √3/4, so 4/√3 of them lie between.
    # Two of 1 and two of 0: standard deviation 1/2, so 2 lie between.
    vectors, keywords = ranking(_1=1.0, _2=0.0, _3=0.0, _4=0.0), ranking(_2=1.0, _3=1.0, _1=0.0, _4=0.0)
    share = 4 / math.sqrt(3) / (4 / math.sqrt(3) + 2)
    fused = {1: near(share), 2: near(1 - share), 3: near(1 - share), 4: near(0.0)}
    assert Proposals(vectors, keywords).fused(0.5) == fused


@given(
    st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=20, unique=True),
    st.lists(st.floats(0.125, 100, width=32), min_size=2, max_size=20, unique=True),
    st.floats(0.125, 0.875),
)
def test_fuse_orders_as_standard_scores_do(cosines: list[float], bm25: list[float], weight: float) -> None:
    legs = [np.array(sorted(scores, reverse=True), dtype=np.float32) for scores in (cosines, bm25)]
    first, second = (Ranking(np.arange(len(scores)), scores) for scores in legs)
    expected = np.zeros(max(map(len, legs)))
    for scores, share in zip(legs, (weight, 1 - weight), strict=True):
        wide = scores.astype(np.float64)
        expected[: len(wide)] += share * (wide - wide.min()) / wide.std()
    fused = Proposals(first, second).fused(weight)
    values = np.array([fused[number] for number in range(len(expected))])
    assert values.max() == near(1.0)  # number 0 is the best of both
    assert values == pytest.approx(expected / expected.max())


def test_fuse_with_a_leg_whose_scores_are_equal_keeps_the_weights() -> None:
    assert Proposals(ranking(_1=0.5, _2=0.5), ranking(_2=3.0, _1=1.0)).fused(0.4) == {1: near(0.4), 2: near(1.0)}


@pytest.mark.parametrize(("weight", "fused"), [(0.0, {1: 0.0, 2: 1.0}), (1.0, {1: 1.0, 2: 0.0})])
def test_fuse_with_all_weight_on_one_leg_keeps_the_passages_of_the_other(
    weight: float, fused: dict[int, float]
) -> None:
    assert Proposals(ranking(_1=0.3), ranking(_2=7.0)).fused(weight) == fused


def test_fuse_without_keywords_is_the_vectors_share() -> None:
    assert Proposals(ranking(_1=0.75, _2=0.25), Ranking.empty()).fused(0.4) == {1: near(0.4), 2: 0.0}
    assert Proposals(Ranking.empty(), Ranking.empty()).fused(0.4) == {}


@pytest.mark.parametrize(
    ("scores", "normalised"),
    [
        ([], []),
        ([3.0], [1.0]),
        ([-0.25, -0.25, -0.25], [1.0, 1.0, 1.0]),
        ([0.75, 0.25, 0.0], [1.0, 1 / 3, 0.0]),
        ([-1.0, 3.0, 1.0], [0.0, 1.0, 0.5]),
    ],
)
def test_normalise_goes_from_lowest_to_highest(scores: list[float], normalised: list[float]) -> None:
    assert normalise(np.array(scores, dtype=np.float32)).tolist() == pytest.approx(normalised)


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20))
def test_normalise_keeps_order_and_bounds(scores: list[float]) -> None:
    normalised = normalise(np.array(scores, dtype=np.float32)).tolist()
    assert max(normalised) == 1.0
    assert min(normalised) == (0.0 if len(set(scores)) > 1 else 1.0)
    assert sorted(range(len(scores)), key=lambda at: (scores[at], at)) == sorted(
        range(len(scores)), key=lambda at: (normalised[at], scores[at], at)
    )


def test_retrieve_by_vectors_scores_as_the_inner_products_do(news: Archive) -> None:
    question = "When was the bridge over the river opened?"
    encoder = FakeEncoder()
    headings = ["Opening · Wire · 19 October 2022", "Budget · Wire · October 2022", "Flood · Gazette · 1 April 2023"]
    headings += ["Match · Gazette · 2023", "Poem"]
    texts = [f"{heading}\n{article.text}" for heading, article in zip(headings, ARTICLES, strict=True)]
    cosines = (encoder.encode_passages(texts) @ encoder.encode_questions([question])[0]).tolist()
    low, high = min(cosines), max(cosines)
    expected = {one.id: (cosine - low) / (high - low) for one, cosine in zip(ARTICLES, cosines, strict=True)}
    hits = retrieve(news, question, NO_FILTER, VECTORS_ONLY).hits
    assert {hit.passage.article.id: hit.score for hit in hits} == pytest.approx(expected, abs=1e-6)
    assert hits[0].passage.id == "bridge@0"


def test_retrieve_by_keywords_puts_the_passage_with_the_words_first(news: Archive) -> None:
    assert found(news, "flooded villages", KEYWORDS_ONLY)[0] == "flood"
    assert found(news, "debates in parliament", KEYWORDS_ONLY)[0] == "budget"


def test_retrieve_ranks_from_1_by_falling_score_in_bounds(news: Archive) -> None:
    hits = retrieve(news, "Was the bridge over the river opened?", NO_FILTER, AGELESS).hits
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], hits[0].passage.text) == (near(1.0), BRIDGE)
    assert scores[-1] >= 0


def test_retrieve_breaks_ties_by_passage_id(archive: Archive) -> None:
    names = ["c", "a", "e", "b", "d"]
    add(archive, [Article(name, BRIDGE, "Opening") for name in names])
    archive.refresh()
    assert found(archive, "bridge", Settings()) == sorted(names)
    assert found(archive, "bridge", Settings(k=2)) == ["a", "b"]


def test_retrieve_ties_within_an_article_follow_the_passage_id(archive: Archive) -> None:
    sentence = "The bridge over the river was opened on Monday by the mayor of the town. "
    add(archive, [Article("long", (sentence * 40).strip(), "Opening")])
    archive.refresh()
    hits = retrieve(archive, "bridge", NO_FILTER, Settings(k=100)).hits
    assert len(hits) > 4
    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


@pytest.mark.parametrize(("k", "count"), [(1, 1), (3, 3), (5, 5), (6, 5), (100, 5)])
def test_retrieve_returns_k_hits_or_all_there_are(news: Archive, k: int, count: int) -> None:
    assert len(found(news, "bridge", Settings(k=k))) == count


def test_retrieve_asks_each_leg_for_k_at_least(news: Archive) -> None:
    assert len(found(news, "bridge", Settings(k=5, candidates=1))) == 5
    assert len(found(news, "bridge", Settings(k=1, candidates=1))) == 1


def test_retrieve_over_an_empty_archive_finds_nothing(archive: Archive) -> None:
    assert retrieve(archive, "bridge", NO_FILTER, Settings()).hits == ()


@pytest.mark.parametrize("settings", [VECTORS_ONLY, KEYWORDS_ONLY, Settings()], ids=["vectors", "keywords", "both"])
@pytest.mark.parametrize(
    ("only", "names"),
    [
        (Filter(outlets=("Gazette",)), {"flood", "match"}),
        (Filter(outlets=("gazette",)), set()),
        (Filter(outlets=("No such outlet",)), set()),
        (Filter(published_from="2023"), {"flood", "match"}),
        (Filter(published_to="2022"), {"bridge", "budget"}),
        (Filter("2022-10-20", "2022-10-31"), {"budget"}),
        (Filter("2023-04-01", "2023-04-01"), {"flood", "match"}),
        (Filter("2022-10-19", "2023-04-01", ("Gazette",)), {"flood", "match"}),
        (Filter("1999", "2001"), set()),
    ],
)
def test_retrieve_filters_on_both_legs(news: Archive, settings: Settings, only: Filter, names: set[str]) -> None:
    # "the" stands in every article but the poem, so that the keywords propose all that the filter lets through
    assert set(found(news, "the bridge over the river", settings, only)) == names


@pytest.mark.parametrize("settings", [VECTORS_ONLY, KEYWORDS_ONLY], ids=["vectors", "keywords"])
def test_retrieve_filters_before_the_search(archive: Archive, settings: Settings) -> None:
    # fifty better passages of another outlet would fill the list of candidates
    better = [Article(f"better-{number:02}", "bridge bridge bridge", "Bridge", outlet="Wire") for number in range(50)]
    rare = [
        Article(f"rare-{number}", f"A bridge, and {number} other things.", "", outlet="Rare") for number in range(3)
    ]
    add(archive, [*better, *rare])
    archive.refresh()
    few = replace(settings, k=3, candidates=3)
    assert {name[:6] for name in found(archive, "bridge", few)} == {"better"}
    assert set(found(archive, "bridge", few, Filter(outlets=("Rare",)))) == {"rare-0", "rare-1", "rare-2"}


def test_retrieve_sees_what_was_added_and_removed_meanwhile(archive: Archive) -> None:
    assert found(archive, "harbour", Settings()) == []
    add(archive, [Article("harbour", "The harbour closed.", "Harbour"), *ARTICLES])
    assert found(archive, "harbour", Settings())[0] == "harbour"
    archive.remove(["harbour"])
    assert set(found(archive, "harbour", Settings())) == {article.id for article in ARTICLES}


def test_retrieve_says_how_long_it_took(news: Archive) -> None:
    retrieved = retrieve(news, "bridge", NO_FILTER, Settings())
    assert retrieved.encode_ms > 0
    assert retrieved.search_ms > 0
