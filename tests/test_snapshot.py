"""What filters let through, from memory."""

import pytest

from embeddings.folder import snapshot
from embeddings.folder.snapshot import Catalogue
from embeddings.types import Filter

ENDLESS = "Gazette" * 2000
ROWS = [
    (1, 3, 20221019, 20221019, "Azernews"),
    (4, 4, 20220101, 20221231, ENDLESS),
    (7, 9, 20230101, 20230101, "Azernews\0"),
]


@pytest.mark.parametrize("sparse", [0, 1000], ids=["each marked", "all gone through"])
@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(outlets=("Azernews",)), [1, 2, 3]),
        (Filter(outlets=("Azernews\0",)), [7, 8, 9]),
        (Filter(outlets=(ENDLESS,)), [4]),
        (Filter(outlets=("of nobody",)), []),
        (Filter(outlets=("of nobody", ENDLESS, "Azernews")), [1, 2, 3, 4]),
        (Filter("2022", "2022"), [1, 2, 3, 4]),
        (Filter("2022-10-20"), [4, 7, 8, 9]),
        (Filter("2023", outlets=("Azernews",)), []),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_allowed_are_the_passages_of_the_articles_that_pass(
    only: Filter, expected: list[int], sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "SPARSE", sparse)
    allowed = Catalogue(ROWS).allowed(only)
    assert allowed is not None
    assert (allowed.numbers.tolist(), allowed.count) == (expected, len(expected))


def test_no_filter_restricts_nothing_and_an_empty_archive_has_nothing() -> None:
    assert Catalogue(ROWS).allowed(Filter()) is None
    allowed = Catalogue([]).allowed(Filter(outlets=("Azernews",)))
    assert allowed is not None
    assert allowed.count == 0
