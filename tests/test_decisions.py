"""What becomes of an article that arrives, and how little it takes to find out."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.folder.sqlite import Connection
from embeddings.indexing.arrivals import Arrival, Claim, Twin
from embeddings.indexing.arriving import arrive
from embeddings.indexing.decisions import Batch, Outcome, decide, source_changes
from embeddings.indexing.index import index_paths
from embeddings.indexing.reports import IndexReport
from embeddings.records import Origin, OtherSource, SourceChanges, content_of, digest
from embeddings.sources import Source
from embeddings.types import Article
from fakes import FakeEncoder

RAIN = Article("rain", "It rained.", "Rain", source="/in/rain.txt")
SNOW = Article("snow", "It snowed.", "Snow", source="/in/snow.txt")
SAME = Origin("/in/rain.txt", digest(RAIN))
OTHER_TEXT = Origin("/in/rain.txt", "what it said before")
TWIN = Twin("wet", "/in/wet.txt", ())
REFUGE = OtherSource("rain", "/in/drizzle.txt", "drizzle")


def arrival(
    stored: Origin | None = None,
    claim: Claim = Claim.OWN,
    twins: Sequence[Twin] = (),
    refuge: OtherSource | None = None,
    rival: str | None = None,
) -> Arrival:
    """It rains, and something is known of it."""
    content = content_of(RAIN)
    others = () if refuge is None else (refuge,)
    return Arrival(RAIN, Source.of(RAIN), claim, content, stored, others, refuge, rival, tuple(twins))


WAITS = Batch(articles={"rain": RAIN})
TWIN_CHANGES = Batch(articles={"wet": SNOW}, contents={content_of(SNOW): "wet"})
TWIN_GOES = Batch(merged={"wet"})
TWIN_MOVES = Batch(handed={"wet": OtherSource("wet", "/in/damp.txt", "damp")})
TWIN_COMES_HERE = Batch(handed={"dry": OtherSource("dry", "/in/rain.txt", "rain")})
SAYS_SO = Batch(articles={"wet": RAIN}, contents={content_of(RAIN): "wet"})
UNRELATED = Batch(articles={"snow": SNOW}, contents={content_of(SNOW): "snow"})


@pytest.mark.parametrize(
    ("arrival", "waiting", "outcome", "same_as"),
    [
        (arrival(), [], Outcome.NEW, None),
        (arrival(), [UNRELATED], Outcome.NEW, None),
        (arrival(OTHER_TEXT), [], Outcome.CHANGED, None),
        (arrival(OTHER_TEXT, Claim.MOVED), [], Outcome.CHANGED, None),
        (arrival(OTHER_TEXT, Claim.SUPERSEDED), [], Outcome.CHANGED, None),
        (arrival(SAME), [], Outcome.SAME, None),
        (arrival(SAME, Claim.MOVED), [], Outcome.SAME, None),
        (arrival(SAME, Claim.SHARED), [], Outcome.SAME, "rain"),
        (arrival(twins=[TWIN]), [], Outcome.ANOTHER_SOURCE, "wet"),
        (arrival(OTHER_TEXT, twins=[TWIN]), [], Outcome.ANOTHER_SOURCE, "wet"),
        (arrival(), [SAYS_SO], Outcome.ANOTHER_SOURCE, "wet"),
        (arrival(SAME), [SAYS_SO], Outcome.ANOTHER_SOURCE, "wet"),
        (arrival(twins=[TWIN]), [SAYS_SO], Outcome.ANOTHER_SOURCE, "wet"),
        (arrival(), [WAITS], Outcome.WAIT, None),
        (arrival(twins=[TWIN]), [TWIN_CHANGES], Outcome.WAIT, None),
        (arrival(twins=[TWIN]), [UNRELATED, TWIN_GOES], Outcome.WAIT, None),
        (arrival(twins=[TWIN]), [TWIN_MOVES], Outcome.WAIT, None),
        (arrival(), [TWIN_COMES_HERE], Outcome.WAIT, None),
    ],
)
def test_decide(arrival: Arrival, waiting: Sequence[Batch], outcome: Outcome, same_as: str | None) -> None:
    decision = decide(arrival, waiting)
    assert (decision.outcome, decision.same_as) == (outcome, same_as)


HERE = OtherSource("wet", "/in/rain.txt", "rain")


@pytest.mark.parametrize(
    ("arrival", "fresh", "changes"),
    [
        (arrival(), True, SourceChanges()),
        (arrival(SAME), False, SourceChanges()),
        (arrival(OTHER_TEXT), True, SourceChanges()),
        (arrival(OTHER_TEXT, refuge=REFUGE), True, SourceChanges(handed={"rain": REFUGE})),
        (arrival(SAME, Claim.MOVED), False, SourceChanges(moved={"rain": OtherSource("rain", "/in/rain.txt", "rain")})),
        (arrival(SAME, Claim.SHARED), False, SourceChanges(noted=(OtherSource("rain", "/in/rain.txt", "rain"),))),
        (arrival(twins=[TWIN]), False, SourceChanges(noted=(HERE,))),
        (arrival(twins=[Twin("wet", "/in/wet.txt", (HERE,))]), False, SourceChanges()),
        (arrival(twins=[Twin("wet", "/in/rain.txt", ())]), False, SourceChanges()),
        (arrival(OTHER_TEXT, twins=[TWIN]), False, SourceChanges(merged=("rain",), noted=(HERE,))),
        (
            arrival(OTHER_TEXT, twins=[TWIN], refuge=REFUGE),
            False,
            SourceChanges(handed={"rain": REFUGE}, noted=(HERE,)),
        ),
    ],
)
def test_what_is_stored_with_a_batch(arrival: Arrival, fresh: bool, changes: SourceChanges) -> None:
    batch = Batch()
    batch.apply(decide(arrival, []))
    assert [each.article for each in batch.fresh] == [RAIN] * fresh
    assert source_changes([batch]) == changes


# --- whose an id is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "claim", "name"),
    [
        ("a.jsonl#1", "It rained.", Claim.OWN, "7"),
        ("a.jsonl#2", "It poured.", Claim.OWN, "7"),
        ("b.jsonl#1", "It rained.", Claim.SHARED, "7"),
        ("b.jsonl#1", "It poured.", Claim.SUPERSEDED, "7"),
        ("7.txt", "It poured.", Claim.TAKEN, "7~"),
        ("7.txt", "It rained.", Claim.SHARED, "7"),
    ],
)
def test_an_id_that_a_stored_article_has(
    source: str, text: str, claim: Claim, name: str, archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text("")
    add(archive, [Article("7", "It rained.", "Rain", source=str(tmp_path / "a.jsonl#1"))])
    found = arrive(Article("7", text, "Rain", source=str(tmp_path / source)), archive)
    assert (found.claim, found.article.id[: len(name)]) == (claim, name)
    assert found.rival == (None if claim is Claim.OWN else str(tmp_path / "a.jsonl"))


def test_an_id_of_an_article_whose_file_is_gone_is_that_of_the_one_that_has_it_now(archive: Archive) -> None:
    add(archive, [Article("7", "It rained.", "Rain", source="/nowhere/7.txt")])
    found = arrive(Article("7", "It poured.", "Rain", source="/elsewhere/7.txt"), archive)
    assert (found.claim, found.article.id, found.rival) == (Claim.MOVED, "7", None)


# --- what is met before it is stored ----------------------------------------------------------------------------------


def index(archive: Archive, folder: Path) -> IndexReport:
    return index_paths(archive, [folder], lambda _: None)


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def test_what_an_article_said_stays_if_another_file_says_it_when_the_article_is_merged(
    archive: Archive, tmp_path: Path
) -> None:
    write(tmp_path / "in", a="It rained.", z="It snowed.")
    index(archive, tmp_path / "in")
    write(tmp_path / "in", a="It snowed.", b="It rained.")
    assert index(archive, tmp_path / "in") == IndexReport(added=1, changed=1, unchanged=1)
    assert sorted(each.text for each in archive.store.articles()) == ["It rained.", "It snowed."]


def test_an_article_stays_at_a_place_that_is_not_read_when_two_others_change(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "in", a="It rained.", b="It rained.", c="It rained.")
    index(archive, tmp_path / "in")
    write(tmp_path / "in", a="It snowed.", b="It poured.")
    index_paths(archive, [tmp_path / "in" / name for name in ("a.txt", "b.txt")], lambda _: None)
    assert sorted(each.text for each in archive.store.articles()) == ["It poured.", "It rained.", "It snowed."]


# --- how little it takes ----------------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The articles that were hashed whole, and the queries that the database was asked."""
    found: dict[str, list[str]] = {"hashes": [], "queries": []}
    sha256, rows, first = hashlib.sha256, Connection.rows, Connection.first

    def hashed(data: bytes) -> object:
        if len(data) > 1000:
            found["hashes"].append(data.decode()[:20])
        return sha256(data)

    def noted(ask: Callable[..., object]) -> Callable[..., object]:
        def asked(connection: Connection, query: str, *values: object) -> object:
            found["queries"].append(query)
            return ask(connection, query, *values)

        return asked

    monkeypatch.setattr(hashlib, "sha256", hashed)
    monkeypatch.setattr(Connection, "rows", noted(rows))
    monkeypatch.setattr(Connection, "first", noted(first))
    return found


def test_a_new_article_is_hashed_twice_and_takes_seven_queries(tmp_path: Path, counted: dict[str, list[str]]) -> None:
    write(tmp_path / "in", **{f"n{n}": f"Article {n}. " + f"word{n} " * 300 for n in range(40)})
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as archive:
        counted["queries"].clear()
        assert index(archive, tmp_path / "in") == IndexReport(added=40)
    assert len(counted["hashes"]) == 2 * 40
    assert len([query for query in counted["queries"] if query.startswith("SELECT")]) <= 7 * 40
