"""Where articles come from: the file that a source names, with or without a place in it."""

import errno
from pathlib import Path

import pytest

from embeddings.sources import file_of


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("a.txt", True),
        ("a.txt#3", True),
        ("a.txt/in/b.txt", True),
        ("a.txt/in/b.jsonl#12", True),
        ("x#1/b.txt", True),
        ("x#1/b.txt/c#2", True),
        ("x#1", False),
        ("x#1/c.txt", False),
        ("b.txt", False),
        ("b.txt#3", False),
    ],
)
def test_a_source_has_a_file_as_long_as_that_is_there(tmp_path: Path, name: str, there: bool) -> None:
    (tmp_path / "x#1").mkdir()
    for file in ("a.txt", "x#1/b.txt"):
        (tmp_path / file).write_text("Text.")
    assert (file_of(f"{tmp_path}/{name}") is not None) is there


def test_a_file_that_cannot_be_seen_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = str(tmp_path / "shut" / "a.jsonl")

    def shut(path: Path) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    assert file_of(source) is None
    monkeypatch.setattr(Path, "stat", shut)
    assert file_of(source) == source


def test_a_source_longer_than_any_path_is_in_the_file_that_it_begins_with(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"x")
    assert file_of(f"{tmp_path}/a.zip/{'b' * 5000}.txt#2") == str(tmp_path / "a.zip")
