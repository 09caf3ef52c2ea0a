"""Copies of articles: what resembles what, families in the database, and the same article at several places."""

import json
import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from adding import add
from embeddings.folder.archive import Archive
from embeddings.folder.check import find_faults
from embeddings.folder.database import Database
from embeddings.indexing.reports import IndexReport
from embeddings.minhash import BANDS, are_copies, bands, shingles
from embeddings.records import prepare
from embeddings.types import Article, Filter
from files_on_disk import index, put
from qa.evaluation.copies import Alteration, copies_results, copy_of, find
from qa.evaluation.results.results import Provenance
from web.commands import main

pytestmark = pytest.mark.slow

SYLLABLES = ["ba", "ku", "ar", "men", "ta", "lo", "vi", "sen", "dor", "pri", "mu", "ne"]


def made_up(seed: int, paragraphs: int = 8, words: int = 40) -> str:
    """A text of words that no other seed has in the same order."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(400)]
    return "\n\n".join(f"{' '.join(chance.choices(vocabulary, k=words)).capitalize()}." for _ in range(paragraphs))


def article(name: str, text: str, title: str = "Title") -> Article:
    return Article(name, text, title, source=f"{name}.txt")


def copies(archive: Archive, article_id: str) -> list[str]:
    """Return the ids of the copies of an article, sorted: its family without itself."""
    with closing(Database(archive.folder / "archive.sqlite")) as database:
        families = {entry.id: entry.family for entry in database.entries(Filter())}
    return sorted(name for name in families if families[name] == families[article_id] and name != article_id)


def chain(archive: Archive) -> list[Article]:
    """Store a, b and c: b is a copy of both others, which are none of each other."""
    first, second, third = made_up(1).split("\n\n"), made_up(2).split("\n\n"), made_up(3).split("\n\n")
    found = [
        article("a", "\n\n".join(first + second)),
        article("b", "\n\n".join(second)),
        article("c", "\n\n".join(second + third)),
    ]
    add(archive, [found[0], found[2]])
    return found


# --- resemblance ------------------------------------------------------------------------------------------------------


def test_shingles_are_three_words_in_a_row_whatever_their_case_and_marks() -> None:
    assert len(shingles("The treaty was signed.")) == 2
    assert np.array_equal(shingles("The treaty was signed."), shingles("THE TREATY — was\nsigned!"))
    assert len(np.intersect1d(shingles("the treaty was signed"), shingles("a treaty was signed"))) == 1


def test_shingles_depend_on_the_order_of_words() -> None:
    assert len(np.intersect1d(shingles("one two three"), shingles("three two one"))) == 0


@pytest.mark.parametrize(("text", "count"), [("", 0), ("…!", 0), ("word", 1), ("two words", 1), ("a b c", 1)])
def test_a_text_of_few_words_is_one_shingle_and_one_without_is_none(text: str, count: int) -> None:
    assert len(shingles(text)) == count
    assert len(bands(shingles(text))) == (BANDS if count else 0)


def test_bands_are_the_same_in_every_version_of_the_library() -> None:
    """Archives hold them: with others, what was stored before would not be found."""
    assert bands(shingles("The treaty was signed in Baku."))[:2] == [-2173430142109077451, -3465352073784049082]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (range(100), range(100), True),
        (range(100), range(60), True),  # cut
        (range(100), range(40, 100), True),
        (range(100), range(24), False),  # too small a part of the longer
        (range(100), range(45, 145), False),  # 55 of 100
        (range(100), range(40, 140), True),  # 60 of 100
        (range(10), range(10), True),
        (range(10), range(9), False),  # too short to tell
        (range(0), range(0), False),
    ],
)
def test_copies_share_most_of_the_shorter_and_a_good_part_of_the_longer(
    one: range, other: range, expected: bool
) -> None:
    found = [np.array(each, dtype=np.uint64) for each in (one, other)]
    assert are_copies(*found) is are_copies(*reversed(found)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Azərbaycan və Ermənistan arasında sülh sazişi imzalandı, nazirlik məlumat yaydı. ",
        "Азербайджан и Армения подписали мирное соглашение, сообщило министерство. ",
        "وقعت أذربيجان وأرمينيا اتفاق سلام، حسبما أعلنت الوزارة اليوم في باكو. ",
    ],
    ids=["Azerbaijani", "Russian", "Arabic"],
)
def test_copies_are_found_in_other_scripts(text: str, archive: Archive) -> None:
    long = " ".join(f"{text}{number}" for number in range(12))
    add(
        archive,
        [article("a", long), article("b", f"{long} {text.split(maxsplit=1)[0]}", "Other"), article("c", made_up(1))],
    )
    assert (copies(archive, "a"), copies(archive, "c")) == (["b"], [])


# --- families ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", Alteration)
def test_a_copy_is_found_with_each_kind_of_change(change: Alteration, archive: Archive) -> None:
    original, other = article("a", made_up(1)), article("z", made_up(2))
    add(archive, [original, other])
    add(archive, [copy_of(original, other, change, random.Random(0))])
    assert copies(archive, "a") == ["copy of a"]
    assert copies(archive, "z") == []


def test_articles_on_one_topic_in_other_words_are_no_copies(archive: Archive) -> None:
    add(
        archive,
        [
            article("a", "The two ministers signed the treaty in Baku on Monday after a night of long talks. " * 2),
            article(
                "b", "On Monday in Baku, after talks through the night, a treaty was signed by both ministers. " * 2
            ),
        ],
    )
    assert copies(archive, "a") == copies(archive, "b") == []


@pytest.mark.parametrize("text", ["", "…", "!"])
def test_articles_without_words_are_no_copies(text: str, archive: Archive) -> None:
    add(archive, [article("a", text), article("b", text, "Other")])
    assert copies(archive, "a") == []


def test_short_articles_are_copies_if_they_have_the_same_words(archive: Archive) -> None:
    add(archive, [article("a", "It rained."), article("b", "It rained!", "Other"), article("c", "It snowed.")])
    assert (copies(archive, "a"), copies(archive, "c")) == (["b"], [])


def test_an_article_merges_the_families_of_its_copies(archive: Archive) -> None:
    found = chain(archive)
    assert copies(archive, "a") == []
    add(archive, [found[1]])
    assert [copies(archive, name) for name in "abc"] == [["b", "c"], ["a", "c"], ["a", "b"]]
    assert find_faults(archive.folder) == []


def test_removing_what_held_a_family_together_parts_it(archive: Archive) -> None:
    add(archive, [chain(archive)[1]])
    archive.remove(["b"])
    assert copies(archive, "a") == copies(archive, "c") == []
    assert find_faults(archive.folder) == []


def test_removing_one_of_a_family_leaves_the_others_together(archive: Archive) -> None:
    add(archive, [article(name, f"{made_up(1)} {name}") for name in "abcd"])
    archive.remove(["a"])
    assert copies(archive, "b") == ["c", "d"]
    archive.remove(["b", "c"])
    assert copies(archive, "d") == []


def test_a_changed_article_leaves_its_family_and_may_join_another(archive: Archive) -> None:
    add(archive, [article("a", made_up(1)), article("b", f"{made_up(1)} more"), article("c", made_up(2))])
    add(archive, [article("a", f"{made_up(2)} more")])
    assert [copies(archive, name) for name in "abc"] == [["c"], [], ["a"]]
    assert find_faults(archive.folder) == []


def test_nothing_of_an_article_that_is_gone_stays(archive: Archive) -> None:
    add(archive, [article("a", made_up(1)), article("b", f"{made_up(1)} more")])
    archive.remove(["a", "b"])
    with closing(sqlite3.connect(archive.folder / "archive.sqlite")) as connection:
        left = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("families", "bands", "links")
        ]
    assert left == [(0,)] * 3


def test_a_thousand_equal_articles_are_one_family_soon(archive: Archive) -> None:
    began = time.process_time()
    add(archive, [article(str(number), "The minister said that the treaty was signed.") for number in range(500)])
    first = time.process_time() - began
    add(archive, [article(str(number), "The minister said that the treaty was signed.") for number in range(500, 1000)])
    second = time.process_time() - began - first
    assert len(copies(archive, "7")) == 999
    assert second < 3 * first


def test_an_interrupted_transaction_leaves_families_as_they_were(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(archive, [article("a", made_up(1))])

    def fail(_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(archive.store, "note_files", fail)
    with pytest.raises(OSError, match="the disk is full"):
        archive.save(prepare([article("b", f"{made_up(1)} more")], archive.encoder, archive.splitting), [object()])  # type: ignore[list-item]
    assert copies(archive, "a") == []
    assert find_faults(archive.folder) == []


def test_a_link_that_leads_out_of_its_family_is_a_fault(archive: Archive) -> None:
    add(archive, [article("a", made_up(1)), article("b", f"{made_up(1)} more")])
    with closing(sqlite3.connect(archive.folder / "archive.sqlite")) as connection:
        connection.execute("UPDATE families SET family = 99 WHERE article = 1")
        connection.commit()
    assert [fault.what for fault in find_faults(archive.folder)] == ["2 links between copies lead out of their family"]


# --- places -----------------------------------------------------------------------------------------------------------


def stored(archive: Archive) -> dict[str, tuple[str, ...]]:
    """The names of the files that each article was met at, by id."""
    others = archive.copies.other_sources()
    return {
        found.id: (Path(found.source).name, *(Path(each.source).name for each in others if each.article == found.id))
        for found in archive.store.articles()
    }


@pytest.fixture
def folder(archive: Archive, tmp_path: Path) -> Path:
    """Two files that say the same, and one that does not, indexed."""
    for name, text in (
        ("a.txt", "The treaty was signed."),
        ("b.txt", "The treaty was signed."),
        ("c.txt", "It rained."),
    ):
        put(tmp_path / "in" / name, text)
    assert index(archive, tmp_path / "in") == IndexReport(added=2, unchanged=1)
    return tmp_path / "in"


def test_the_same_article_met_twice_is_stored_once_with_both_places(archive: Archive, folder: Path) -> None:
    assert stored(archive) == {"a": ("a.txt", "b.txt"), "c": ("c.txt",)}
    generation = archive.store.generation
    assert index(archive, folder, prune=True) == IndexReport(unchanged=3)
    assert archive.store.generation == generation


def test_the_same_article_in_two_runs_is_stored_once(archive: Archive, folder: Path, tmp_path: Path) -> None:
    put(tmp_path / "more" / "d.txt", "The treaty was signed.")
    assert index(archive, tmp_path / "more") == IndexReport(unchanged=1)
    assert stored(archive)["a"] == ("a.txt", "b.txt", "d.txt")


def test_a_file_of_the_same_name_and_text_is_another_place(archive: Archive, folder: Path, tmp_path: Path) -> None:
    put(tmp_path / "more" / "c.txt", "It rained.")
    index(archive, folder, tmp_path / "more")
    assert stored(archive)["c"] == ("c.txt", "c.txt")


def test_another_title_or_date_makes_another_article(archive: Archive, folder: Path) -> None:
    put(folder / "d.txt", "Signed at last\n\nThe treaty was signed.")
    assert index(archive, folder) == IndexReport(added=1, unchanged=3)
    assert copies(archive, "a") == ["d"]


def test_equal_records_of_one_file_are_one_article(archive: Archive, tmp_path: Path) -> None:
    records = [{"id": name, "text": text} for name, text in (("1", "One."), ("2", "Two."), ("3", "One."))]
    path = put(tmp_path / "a.jsonl", "".join(f"{json.dumps(record)}\n" for record in records))
    assert index(archive, path) == IndexReport(added=2, unchanged=1)
    assert stored(archive) == {"1": ("a.jsonl#1", "a.jsonl#3"), "2": ("a.jsonl#2",)}
    put(path, "".join(f"{json.dumps(record)}\n" for record in records[1:]))
    assert index(archive, path, prune=True).removed == 0
    assert sorted(each.text for each in archive.store.articles()) == ["One.", "Two."]


def test_an_article_stays_as_long_as_one_of_its_places(archive: Archive, folder: Path) -> None:
    (folder / "a.txt").unlink()
    assert index(archive, folder, prune=True) == IndexReport(unchanged=2)
    assert stored(archive) == {"b": ("b.txt",), "c": ("c.txt",)}
    assert index(archive, folder, prune=True) == IndexReport(unchanged=2)
    (folder / "b.txt").unlink()
    assert index(archive, folder, prune=True) == IndexReport(unchanged=1, removed=1)
    assert find_faults(archive.folder) == []


def test_another_place_that_vanishes_is_forgotten(archive: Archive, folder: Path) -> None:
    (folder / "b.txt").unlink()
    assert index(archive, folder, prune=True) == IndexReport(unchanged=2)
    assert stored(archive)["a"] == ("a.txt",)


def test_an_article_that_changes_at_its_first_place_stays_as_it_was_at_the_other(
    archive: Archive, folder: Path
) -> None:
    put(folder / "a.txt", "The treaty was broken.")
    assert index(archive, folder) == IndexReport(changed=1, unchanged=2)
    assert {each.id: each.text for each in archive.store.articles()} == {
        "a": "The treaty was broken.",
        "b": "The treaty was signed.",
        "c": "It rained.",
    }
    assert find_faults(archive.folder) == []


def test_a_place_that_is_not_read_again_keeps_its_article(archive: Archive, folder: Path) -> None:
    for path in folder.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    index(archive, folder)
    put(folder / "a.txt", "The treaty was broken.")
    assert index(archive, folder, prune=True) == IndexReport(changed=1, unchanged=2)
    assert stored(archive) == {"a": ("a.txt",), "b": ("b.txt",), "c": ("c.txt",)}
    assert archive.store.article("b").text == "The treaty was signed."
    (folder / "b.txt").unlink()
    assert index(archive, folder, prune=True) == IndexReport(unchanged=2, removed=1)


def test_an_article_that_changes_at_its_other_place_is_a_new_one_there(archive: Archive, folder: Path) -> None:
    put(folder / "b.txt", "The treaty was broken.")
    assert index(archive, folder) == IndexReport(added=1, unchanged=2)
    assert stored(archive) == {"a": ("a.txt",), "b": ("b.txt",), "c": ("c.txt",)}


def test_an_article_that_changes_at_both_places_is_still_one(archive: Archive, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        put(folder / name, "The treaty was broken.")
    index(archive, folder)
    assert stored(archive) == {"a": ("a.txt", "b.txt"), "c": ("c.txt",)}
    assert archive.store.article("a").text == "The treaty was broken."


def test_an_article_that_comes_to_say_what_another_says_is_that_one(archive: Archive, folder: Path) -> None:
    put(folder / "c.txt", "The treaty was signed.")
    assert index(archive, folder) == IndexReport(changed=1, unchanged=2)
    assert stored(archive) == {"a": ("a.txt", "b.txt", "c.txt")}
    assert archive.store.counts().passages == 1


def test_a_removed_article_comes_back_from_any_of_its_places(archive: Archive, folder: Path) -> None:
    archive.remove(["a"])
    assert index(archive, folder / "b.txt") == IndexReport(added=1)
    assert stored(archive) == {"b": ("b.txt",), "c": ("c.txt",)}


# --- the command line -------------------------------------------------------------------------------------------------


def test_list_and_info_tell_of_copies_and_places(archive: Archive, folder: Path) -> None:
    put(folder / "d.txt", "Signed at last\n\nThe treaty was signed.")
    index(archive, folder)
    archive.close()
    options = ["--archive", str(archive.folder)]
    plain = CliRunner().invoke(main, ["list", *options]).stdout.splitlines()
    assert [line.split("\t")[3:] for line in plain] == [["a", "family 1"], ["c"], ["d", "family 1"]]
    first, *_ = map(json.loads, CliRunner().invoke(main, ["list", "--json", *options]).stdout.splitlines())
    assert (first["id"], first["family"], first["copies"]) == ("a", 1, 1)
    assert first["places"] == [str(folder / "a.txt"), str(folder / "b.txt")]
    assert (
        "2 of these articles are copies of each other, in 1 family"
        in CliRunner().invoke(main, ["info", *options]).stdout
    )


# --- the measurement --------------------------------------------------------------------------------------------------


def test_copies_made_by_rule_are_found_and_nothing_else() -> None:
    originals = [article(str(number), made_up(number)) for number in range(6)]
    results = copies_results(originals, "made up", Provenance("", {}, {}), seed=0)
    figures = {(figure.row, figure.name): figure.value for figure in results.figures}
    assert set(figures) == {(change, name) for change in Alteration for name in ("precision", "recall", "wrong pairs")}
    assert {value for (_, name), value in figures.items() if name != "wrong pairs"} == {1.0}
    assert "0 pairs, in 0 families, are found among the 6 articles themselves" in results.notes[2]


def test_copies_among_the_articles_are_neither_right_nor_wrong() -> None:
    originals = [article("a", made_up(1)), article("b", f"{made_up(1)} more"), article("c", made_up(2))]
    found = find(originals, Alteration.HEADLINE, [["a", "b"]], seed=0)
    assert (found.right, found.wrong) == ((True, True, True), ())
    assert len(find(originals, Alteration.HEADLINE, [], seed=0).wrong) == 4


def test_evaluate_copies_prints_a_line_a_kind(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / "in" / f"{number}.txt", f"Title {number}\n\n{made_up(number)}")
    result = CliRunner().invoke(
        main, ["evaluate", "copies", str(tmp_path / "in"), "--json", str(tmp_path / "out.json")]
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert ["another", "headline", "3", "100.00", "100.00", "0"] in [
        line.split() for line in result.stdout.splitlines()
    ]
    assert json.loads((tmp_path / "out.json").read_text())["kind"] == "copies"


def test_evaluate_copies_of_one_article_says_what_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["evaluate", "copies", str(put(tmp_path / "a.txt", "It rained."))])
    assert result.exit_code == 2
    assert "copies are made of at least two articles" in result.stderr
