import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from adding import add
from conftest import SEEDS
from embeddings.files.fields.names import FieldNames
from embeddings.files.finding import find_files
from embeddings.files.pieces import Unread
from embeddings.folder.archive import Archive
from embeddings.indexing.background import Background
from embeddings.indexing.decisions import BATCH_ARTICLES, Batch
from embeddings.indexing.index import index_paths, look_through
from embeddings.indexing.looks import READ_ALL
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.said import Said
from embeddings.types import Article, Filter
from files_on_disk import index, put

pytestmark = pytest.mark.slow


def lines(*records: object) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def texts(archive: Archive) -> list[str]:
    return sorted(article.text for article in archive.store.articles())


def test_seeds_go_in_and_questions_and_readme_do_not(archive: Archive) -> None:
    assert index(archive, SEEDS) == IndexReport(added=2)
    assert [article.id for article in archive.store.articles()] == ["000_7b79b61b11f200c2", "004_802d376f4d3385fe"]


def test_indexing_twice_changes_nothing(archive: Archive) -> None:
    index(archive, SEEDS)
    generation = archive.store.generation
    assert index(archive, SEEDS) == IndexReport(unchanged=2)
    assert archive.store.generation == generation


def test_what_was_indexed_is_found_at_once(archive: Archive, tmp_path: Path) -> None:
    index(archive, put(tmp_path / "a.txt", "The treaty was signed."))
    vector = archive.encoder.encode_questions(["treaty"])
    everything = archive.search_vectors(vector, 5, Filter())
    assert [passage.text for passage in archive.passages(everything.numbers).values()] == ["The treaty was signed."]
    assert len(archive.search_keywords("treaty", 5, Filter()).numbers) == 1


def test_a_changed_file_is_changed_and_a_new_one_added(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    put(tmp_path / "in" / "b.txt", "It rained.")
    index(archive, tmp_path / "in")
    put(tmp_path / "in" / "a.txt", "The treaty was broken.")
    put(tmp_path / "in" / "c.txt", "It snowed.")
    assert index(archive, tmp_path / "in") == IndexReport(added=1, changed=1, unchanged=1)
    assert texts(archive) == ["It rained.", "It snowed.", "The treaty was broken."]


def test_what_cannot_be_read_is_reported_and_the_rest_goes_in(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    blank = put(tmp_path / "in" / "b.txt", " \n")
    broken = put(tmp_path / "in" / "c.jsonl", lines({"text": "One."}) + "{broken\n" + lines({"text": "Two."}))
    (tmp_path / "in" / "d.txt").write_bytes(b"\x7fELF\0\0\0")
    report = index(archive, tmp_path / "in")
    assert (report.added, report.changed, report.unchanged) == (3, 0, 0)
    assert [(unread.source, unread.reason.split(":")[0]) for unread in report.unread] == [
        (str(blank), "holds no text"),
        (f"{broken}#2", "is not valid JSON"),
        (str(tmp_path / "in" / "d.txt"), "looks like a binary file"),
    ]
    assert texts(archive) == ["One.", "The treaty was signed.", "Two."]


def test_a_path_that_does_not_exist_stops_all(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "The treaty was signed.")
    with pytest.raises(FileNotFoundError, match=r"nowhere does not exist; give a file or a folder of articles"):
        index(archive, tmp_path / "a.txt", tmp_path / "nowhere")
    assert texts(archive) == []


def test_an_empty_folder_adds_nothing(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert index(archive, tmp_path / "in") == IndexReport()
    assert archive.store.generation == 0


def test_more_articles_than_a_transaction_holds_go_in_with_several(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.decisions.BATCH_ARTICLES", 1)
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 3)
    told: list[int] = []
    path = put(tmp_path / "a.jsonl", lines(*[{"text": f"Number {n}."} for n in range(7)]))
    report = index_paths(archive, [path], told.append)
    assert report == IndexReport(added=7)
    assert len(told) == 3
    assert sum(told) == path.stat().st_size
    assert archive.store.generation == 3


def test_equal_ids_in_one_file_leave_the_last(archive: Archive, tmp_path: Path) -> None:
    records = [{"id": "7", "text": "First."}, {"id": "8", "text": "Other."}, {"id": "7", "text": "Last."}]
    path = put(tmp_path / "a.jsonl", lines(*({**record, "outlet": "Gazette"} for record in records)))
    assert index(archive, path) == IndexReport(added=2, changed=1, replaced=1)
    assert archive.store.article("7").text == "Last."


@pytest.mark.parametrize("folders", [("one", "two"), ("C# news/one", "C# news/two"), ("a#1/b", "a#2/b")], ids=str)
def test_two_files_of_one_name_in_two_folders_are_two_articles(
    folders: tuple[str, str], archive: Archive, tmp_path: Path
) -> None:
    one, two = (tmp_path / folder for folder in folders)
    put(one / "talks.txt", "The treaty was signed.")
    put(two / "talks.txt", "The border was opened.")
    assert index(archive, one, two) == IndexReport(added=2)
    assert texts(archive) == ["The border was opened.", "The treaty was signed."]
    assert index(archive, one, two) == IndexReport(unchanged=2)
    assert index(archive, two, one) == IndexReport(unchanged=2)
    assert index(archive, two) == IndexReport(unchanged=1)


def test_two_files_that_differ_in_suffix_alone_are_two_articles(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "in" / "talks.md", "# Talks\n\nThe border was opened.")
    put(tmp_path / "in" / "talks.txt", "The treaty was signed.")
    assert index(archive, tmp_path / "in") == IndexReport(added=2)
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=2)


def test_two_files_with_one_text_under_two_titles_change_nothing_the_second_time(
    archive: Archive, tmp_path: Path
) -> None:
    put(tmp_path / "in" / "talks.md", "# Talks in Baku\n\nThe treaty was signed.")
    put(tmp_path / "in" / "talks.txt", "date 2022-10-19\n\nThe treaty was signed.")
    assert index(archive, tmp_path / "in") == IndexReport(added=2)
    generation = archive.store.generation
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=2)
    assert archive.store.generation == generation


def test_two_members_of_a_zip_that_differ_in_suffix_alone_are_two_articles(archive: Archive, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "in.zip", "w") as zipped:
        zipped.writestr("talks.md", "# Talks\n\nThe border was opened.")
        zipped.writestr("talks.txt", "The treaty was signed.")
    assert index(archive, tmp_path / "in.zip") == IndexReport(added=2)
    assert index(archive, tmp_path / "in.zip") == IndexReport(unchanged=2)


def test_a_file_that_was_packed_is_the_same_article(archive: Archive, tmp_path: Path) -> None:
    plain = put(tmp_path / "in" / "talks.txt", "The treaty was signed.")
    index(archive, plain)
    (tmp_path / "in" / "talks.txt.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=1)


def test_a_copy_of_a_file_is_the_same_article(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "one" / "talks.txt", "The treaty was signed.")
    put(tmp_path / "two" / "talks.txt", "The treaty was signed.")
    assert index(archive, tmp_path / "one", tmp_path / "two") == IndexReport(added=1, unchanged=1)


def test_a_file_that_was_moved_is_the_same_article(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "one" / "talks.txt", "The treaty was signed.")
    index(archive, tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "two")
    put(tmp_path / "two" / "talks.txt", "The treaty was broken.")
    assert index(archive, tmp_path / "two") == IndexReport(changed=1)
    assert texts(archive) == ["The treaty was broken."]


@pytest.mark.parametrize("interval", [0.0, 30.0])
def test_progress_adds_up_to_the_bytes_of_all_files(
    interval: float, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_SECONDS", interval)
    put(tmp_path / "in" / "a.jsonl", lines({"text": "It rained."}, {"text": "It rained."}, {"no": "text"}))
    put(tmp_path / "in" / "b.exe", "Not read.")
    aged(put(tmp_path / "in" / "c.txt", "It snowed."))
    (tmp_path / "in" / "d.txt.gz").write_bytes(gzip.compress(b"It poured."))
    (tmp_path / "in" / "e.txt").symlink_to(tmp_path / "nowhere")
    size = sum(file.size for file in find_files([tmp_path / "in"]))
    for _ in range(2):
        told: list[int] = []
        index_paths(archive, [tmp_path / "in"], told.append)
        assert sum(told) == size
        assert min(told) >= 0


def test_an_interruption_keeps_what_was_stored_and_the_next_run_adds_the_rest(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.decisions.BATCH_ARTICLES", 1)
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 2)
    path = put(tmp_path / "a.jsonl", lines(*[{"text": f"Number {n}."} for n in range(5)]))
    with pytest.raises(KeyboardInterrupt):
        index_paths(archive, [path], interrupt_at(2))
    assert archive.store.counts().articles == 4
    assert index(archive, path) == IndexReport(added=1, unchanged=4)
    assert len(archive.search_keywords("number", 10, Filter()).numbers) == 5


def test_a_transaction_is_made_after_a_time_even_for_few_passages(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_SECONDS", 0.0)
    path = put(tmp_path / "a.jsonl", lines(*[{"text": f"Number {n}."} for n in range(3)]))
    index(archive, path)
    assert archive.store.generation == 3


def test_what_is_stored_is_searched_before_the_run_is_over(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.decisions.BATCH_ARTICLES", 1)
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 2)
    path = put(tmp_path / "a.jsonl", lines(*[{"text": f"Number {n}."} for n in range(5)]))
    found: list[int] = []
    index_paths(archive, [path], lambda _: found.append(len(archive.search_keywords("number", 9, Filter()).numbers)))
    assert found == [2, 4, 5]


# --- a folder that changes --------------------------------------------------------------------------------------------


def aged(path: Path, seconds: float = 60) -> Path:
    """A file last changed so long ago that it is not read again."""
    when = time.time() - seconds
    os.utime(path, (when, when))
    return path


def prune(archive: Archive, *paths: Path) -> IndexReport:
    return look_through(archive, paths, READ_ALL)  # however short a time ago a test wrote them


def test_files_are_read_again_if_their_fields_get_other_names(
    archive: Archive, tmp_path: Path, read: list[str]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "body": "A treaty.", "story": "A truce."}\n')
    os.utime(path, (1_000_000_000, 1_000_000_000))
    index_paths(archive, [path], lambda _: None)
    index_paths(archive, [path], lambda _: None)
    assert read == ["a.jsonl"]
    index_paths(archive, [path], lambda _: None, Said(FieldNames.parse(["text=story"])))
    assert read == ["a.jsonl", "a.jsonl"]
    assert [article.text for article in archive.store.articles()] == ["A truce."]


def test_a_field_may_be_called_as_you_like(archive: Archive, tmp_path: Path, read: list[str]) -> None:
    name = "headline superseded by a.jsonl"
    path = aged(put(tmp_path / "a.jsonl", lines({"text": "It rained.", name: "Rain"})))
    for _ in range(2):
        index_paths(archive, [path], lambda _: None, Said(FieldNames.parse([f"title={name}"])))
    assert read == ["a.jsonl"]


def test_only_files_that_changed_are_read_again(archive: Archive, tmp_path: Path, read: list[str]) -> None:
    put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    put(tmp_path / "in" / "b.jsonl", lines({"text": "One."}, {"text": "Two."}))
    put(tmp_path / "in" / "c.txt", "It rained.")
    for path in (tmp_path / "in").iterdir():
        aged(path)
    index(archive, tmp_path / "in")
    read.clear()
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=4)
    assert read == []
    aged(put(tmp_path / "in" / "c.txt", "It snowed."), 30)
    assert index(archive, tmp_path / "in") == IndexReport(changed=1, unchanged=3)
    assert read == ["c.txt"]


def test_a_file_that_changed_a_moment_ago_is_read_again(archive: Archive, tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "It rained.")
    index(archive, path)
    status = path.stat()
    put(path, "It hailed.")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as if within the clock's resolution
    assert index(archive, path) == IndexReport(changed=1)


def test_a_file_with_something_unread_is_read_and_named_every_time(archive: Archive, tmp_path: Path) -> None:
    path = aged(put(tmp_path / "a.jsonl", lines({"text": "One."}) + "{broken\n"))
    for _ in range(2):
        assert [unread.source for unread in index(archive, path).unread] == [f"{path}#2"]


def test_a_removed_article_comes_back_as_long_as_its_file_is_there(archive: Archive, tmp_path: Path) -> None:
    path = aged(put(tmp_path / "a.jsonl", lines({"id": "1", "text": "One."}, {"id": "2", "text": "Two."})))
    index(archive, path)
    archive.remove(["2"])
    assert index(archive, path) == IndexReport(added=1, unchanged=1)


def test_prune_removes_articles_whose_files_are_gone_and_no_others(archive: Archive, tmp_path: Path) -> None:
    for name in ("in/a.txt", "in/deep/b.txt", "in/c.jsonl", "inner/d.txt"):
        put(tmp_path / name, lines({"text": name}) if name.endswith("l") else name)
    index(archive, tmp_path / "in", tmp_path / "inner")
    add(archive, [Article("by hand", "From nowhere.", "Title")])
    for name in ("in/deep/b.txt", "in/c.jsonl", "inner/d.txt"):
        (tmp_path / name).unlink()
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=1)
    assert prune(archive, tmp_path / "in") == IndexReport(unchanged=1, removed=2)
    assert texts(archive) == ["From nowhere.", "in/a.txt", "inner/d.txt"]
    assert len(archive.search_keywords("txt jsonl", 9, Filter()).numbers) == 2


def test_prune_removes_what_a_file_no_longer_holds(archive: Archive, tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", lines({"id": "1", "text": "One."}, {"id": "2", "text": "Two."}))
    index(archive, path)
    put(path, lines({"id": "2", "text": "Two."}, {"id": "3", "text": "Three."}))
    assert prune(archive, path) == IndexReport(added=1, unchanged=1, removed=1)
    assert texts(archive) == ["Three.", "Two."]


def test_prune_keeps_what_cannot_be_read_just_now(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.txt", "The treaty was signed.")
    path = put(tmp_path / "in" / "b.jsonl", lines({"id": "1", "text": "One."}, {"id": "2", "text": "Two."}))
    index(archive, tmp_path / "in")
    put(path, lines({"id": "1", "text": "One."}) + '{"id": "2", "te')
    report = prune(archive, tmp_path / "in")
    assert (report.removed, len(report.unread)) == (0, 1)
    assert len(texts(archive)) == 3


def test_prune_keeps_files_that_were_not_read_again(archive: Archive, tmp_path: Path) -> None:
    path = aged(put(tmp_path / "a.jsonl", lines({"text": "One."}, {"text": "Two."})))
    index(archive, path)
    assert prune(archive, path) == IndexReport(unchanged=2)


def test_prune_removes_nothing_below_a_folder_without_any_file(archive: Archive, tmp_path: Path) -> None:
    path = put(tmp_path / "share" / "a.txt", "The treaty was signed.")
    put(tmp_path / "in" / "b.txt", "It rained.")
    index(archive, tmp_path / "share", tmp_path / "in")
    path.unlink()  # as if the disk were not there
    report = prune(archive, tmp_path / "share", tmp_path / "in")
    assert (report.removed, report.unchanged) == (0, 1)
    assert [absent.source for absent in report.absent] == [str(tmp_path / "share")]


def test_prune_keeps_what_was_read_in_a_folder_below_that_is_empty_and_says_how_it_is_taken_out(
    archive: Archive, tmp_path: Path
) -> None:
    disk = tmp_path / "in" / "disk"
    for name in ("deep/a.txt", "b.txt", "c.txt"):
        aged(put(disk / name, f"It rained in {name}."))
    aged(put(tmp_path / "in" / "d.txt", "It snowed."))
    index(archive, tmp_path / "in")
    disk.rename(tmp_path / "away")
    disk.mkdir()  # a disk that is not there leaves the folder that it was mounted on
    report = index_paths(archive, [tmp_path / "in"], lambda _: None, prune=True)
    assert (report.removed, report.absent) == (
        0,
        [
            Unread(
                str(disk),
                "is empty: it may be a disk that is not there, so 3 articles read there stay; "
                f"to take out what was read there: pressmark remove --from-file {disk}",
            )
        ],
    )
    disk.rmdir()  # a folder that is gone, beside one that is not, is no such disk
    assert index_paths(archive, [tmp_path / "in"], lambda _: None, prune=True).removed == 3


def test_a_copy_keeps_an_article_whose_first_file_is_gone(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "one" / "talks.txt", "The treaty was signed.")
    aged(put(tmp_path / "two" / "talks.txt", "The treaty was signed."))
    index(archive, tmp_path / "one", tmp_path / "two")
    put(tmp_path / "one" / "other.txt", "It rained.")
    (tmp_path / "one" / "talks.txt").unlink()
    prune(archive, tmp_path / "one", tmp_path / "two")
    assert texts(archive) == ["It rained.", "The treaty was signed."]
    assert archive.store.article("talks").source == str(tmp_path / "two" / "talks.txt")


def test_of_two_files_of_one_name_the_second_keeps_its_article_when_the_first_is_gone(
    archive: Archive, tmp_path: Path
) -> None:
    put(tmp_path / "one" / "talks.txt", "The treaty was signed.")
    put(tmp_path / "two" / "talks.txt", "The border was opened.")
    index(archive, tmp_path / "one", tmp_path / "two")
    (tmp_path / "one" / "talks.txt").unlink()
    put(tmp_path / "one" / "other.txt", "It rained.")
    assert index(archive, tmp_path / "two") == IndexReport(unchanged=1)
    put(tmp_path / "two" / "talks.txt", "The border was closed.")
    assert index(archive, tmp_path / "two") == IndexReport(changed=1)
    assert prune(archive, tmp_path / "one") == IndexReport(added=1, removed=1)
    assert texts(archive) == ["It rained.", "The border was closed."]


@pytest.mark.parametrize("names", [("a.jsonl", "talks.txt"), ("talks.txt", "z.jsonl")])
def test_an_id_in_json_never_replaces_the_article_of_a_file_of_that_name(
    names: tuple[str, str], archive: Archive, tmp_path: Path
) -> None:
    for name in names:
        text = "A record." if name.endswith("l") else "A file."
        put(tmp_path / "in" / name, lines({"id": "talks", "text": text}) if name.endswith("l") else text)
    assert index(archive, tmp_path / "in") == IndexReport(added=2)
    assert index(archive, tmp_path / "in") == IndexReport(unchanged=2)
    assert texts(archive) == ["A file.", "A record."]


def test_a_newsrooms_id_names_one_article_in_all_its_files_and_the_last_counts(
    archive: Archive, tmp_path: Path
) -> None:
    for day, text in (("1", "First version."), ("2", "Second version.")):
        aged(put(tmp_path / "in" / f"{day}.jsonl", lines({"id": "77", "title": "Talks", "text": text})))
    for _ in range(3):
        index(archive, tmp_path / "in")
        assert texts(archive) == ["Second version."]


def interrupt_at(call: int) -> Callable[[int], object]:
    told: list[int] = []

    def progress(count: int) -> None:
        told.append(count)
        if len(told) == call:
            raise KeyboardInterrupt

    return progress


def test_unread_of_a_report_are_the_readers(archive: Archive, tmp_path: Path) -> None:
    report = index(archive, put(tmp_path / "a.exe", "x"))
    assert [type(unread) for unread in report.unread] == [Unread]


@pytest.mark.parametrize("at_once", [True, False])
def test_an_article_comes_back_to_the_file_that_it_was_in_before_another_replaced_it(
    at_once: bool, archive: Archive, tmp_path: Path
) -> None:
    aged(put(tmp_path / "in" / "a.jsonl", lines({"id": "77", "title": "Talks", "text": "First version."})))
    if not at_once:
        index(archive, tmp_path / "in")
    later = aged(put(tmp_path / "in" / "b.jsonl", lines({"id": "77", "title": "Talks", "text": "Second version."})))
    index(archive, tmp_path / "in")
    for _ in range(3):
        assert texts(archive) == ["Second version."]
        assert prune(archive, tmp_path / "in") == IndexReport(unchanged=2)
    aged(put(later, lines({"id": "78", "text": "Third version."})), 50)
    prune(archive, tmp_path / "in")
    assert texts(archive) == ["First version.", "Third version."]
    aged(put(later, lines({"id": "77", "title": "Talks", "text": "Fourth version."})), 40)
    prune(archive, tmp_path / "in")
    assert texts(archive) == ["Fourth version."]
    later.unlink()
    prune(archive, tmp_path / "in")
    assert texts(archive) == ["First version."]
    assert prune(archive, tmp_path / "in") == IndexReport(unchanged=1)


@pytest.mark.parametrize("member", ["m.txt", "below/m.jsonl"])
def test_an_article_removed_from_a_zip_comes_back_while_the_zip_is_there(
    member: str, archive: Archive, tmp_path: Path
) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr(member, "It rained." if member.endswith("txt") else lines({"id": "m", "text": "It rained."}))
    aged(tmp_path / "a.zip")
    index(archive, tmp_path / "a.zip")
    (article,) = archive.store.articles()
    archive.remove([article.id])
    assert index(archive, tmp_path / "a.zip") == IndexReport(added=1)


def test_half_a_surrogate_in_an_address_leaves_the_article_without_it(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", '{"text": "It rained.", "url": "http://example.org/\\ud800"}\n')
    assert index(archive, tmp_path / "a.jsonl") == IndexReport(added=1)
    assert [article.url for article in archive.store.articles()] == ["http://example.org/"]


def test_a_file_whose_name_is_not_utf_8_is_named_and_the_rest_goes_in(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.txt", "It rained.")
    Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/\xe9t\xe9.txt")).write_text("It snowed.")
    report = index(archive, tmp_path / "in")
    assert (report.added, [unread.reason for unread in report.unread]) == (
        1,
        ["has a name that is not in UTF-8; rename the file or its folder"],
    )


def test_articles_that_stay_as_they_are_do_not_pile_up(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.indexing.background.TRANSACTION_PASSAGES", 100)
    path = put(tmp_path / "a.jsonl", lines(*({"id": str(n), "text": f"Number {n}."} for n in range(1000))))
    index(archive, path)
    put(path, path.read_text() + lines({"id": "new", "text": "It rained."}))
    waiting: list[int] = []
    take = Background.take

    def watched(self: Background, batch: Batch) -> None:
        take(self, batch)
        waiting.append(sum(len(each.articles) for each in self.unstored))

    monkeypatch.setattr(Background, "take", watched)
    assert index(archive, path) == IndexReport(added=1, unchanged=1000)
    assert max(waiting) <= 100 + 2 * BATCH_ARTICLES
