"""What filters let through, from memory."""

import pytest

from embeddings.folder import snapshot
from embeddings.folder.snapshot import Catalogue
from embeddings.types import Filter

ENDLESS = "Gazette" * 2000
ROWS = [
    (1, 3, 20221019, 20221019, 0, "Azernews"),
    (4, 4, 20220101, 20221231, 0, ENDLESS),
    (7, 9, 20230101, 20230101, 0, "Azernews\0"),
]
NOW = 20261126104500


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
    allowed = Catalogue(ROWS).allowed(only, NOW)
    assert allowed is not None
    assert (allowed.numbers.tolist(), allowed.count) == (expected, len(expected))


def test_no_filter_restricts_nothing_and_an_empty_archive_has_nothing() -> None:
    assert Catalogue(ROWS).allowed(Filter(), NOW) is None
    allowed = Catalogue([]).allowed(Filter(outlets=("Azernews",)), NOW)
    assert allowed is not None
    assert allowed.count == 0


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (20260101000000, [1]),
        (20260301074459, [1]),
        (20260301074500, [1, 2, 3]),
        (20270101000000, [1, 2, 3, 4]),
    ],
)
def test_what_is_hidden_is_let_through_from_its_moment_on(moment: int, expected: list[int]) -> None:
    shown_from = [(1, 0), (2, 20260301074500), (3, 20260301074500), (4, 20261231235959), (5, 99999999999999)]
    catalogue = Catalogue((number, number, 20260101, 20260101, since, "Azernews") for number, since in shown_from)
    allowed = catalogue.allowed(Filter(), moment)
    assert allowed is not None
    assert allowed.numbers.tolist() == expected
    assert catalogue.allowed(Filter("2027"), moment).count == 0  # type: ignore[union-attr]
