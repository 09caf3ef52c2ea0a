"""Progress with the time left, on stderr, and questions asked on all cores at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from embeddings.onnx_models import cores

Given = TypeVar("Given")
Made = TypeVar("Made")


def shown(items: Iterable[Given], total: int, what: str) -> Iterator[Given]:
    """Yield the items, with a bar if they take more than a second and stderr is a terminal."""
    from tqdm import tqdm

    return cast(Iterator[Given], iter(tqdm(items, total=total, unit=f" {what}", delay=1, disable=None, leave=False)))


def in_parallel(make: Callable[[Given], Made], items: Sequence[Given], what: str) -> list[Made]:
    """Return what is made of each item, in their order, on as many threads as there are cores, with a bar."""
    pool = ThreadPoolExecutor(cores(), thread_name_prefix="evaluation")
    try:
        return list(shown(pool.map(make, items), len(items), what))
    finally:
        pool.shutdown(cancel_futures=True)
