"""How much memory is left: of the machine, of the container, of the process; and models that need more."""

from pathlib import Path

import pytest

from embeddings import memory, onnx_models
from embeddings.memory import available_memory


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 3 MiB left, in whose files a test can write."""
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTAINER", tmp_path)
    monkeypatch.setattr(memory, "STATM", tmp_path / "statm")
    (tmp_path / "meminfo").write_text("MemTotal:  9000 kB\nMemAvailable:    3072 kB\n", encoding="utf-8")
    return tmp_path


def contained(folder: Path, most: str, used: int, cached: int) -> None:
    for name, text in (("max", most), ("current", f"{used}\n"), ("stat", f"anon 7\ninactive_file {cached}\n")):
        (folder / f"memory.{name}").write_text(text, encoding="utf-8")


def test_what_is_left_is_that_of_the_machine() -> None:
    assert available_memory() == 3 * 1024 * 1024


def test_a_container_may_leave_less_and_cached_files_give_way(machine: Path) -> None:
    contained(machine, "1000\n", used=900, cached=300)
    assert available_memory() == 400


def test_a_container_without_a_limit_leaves_all(machine: Path) -> None:
    contained(machine, "max\n", used=900, cached=300)
    assert available_memory() == 3 * 1024 * 1024


def test_a_process_may_have_a_limit_of_its_own(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    page = resource.getpagesize()
    (machine / "statm").write_text("10 5 2\n", encoding="utf-8")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (12 * page, 12 * page))
    assert available_memory() == 2 * page


def test_a_system_that_says_nothing_is_not_limited(machine: Path) -> None:
    (machine / "meminfo").unlink()
    assert available_memory() is None


def test_a_model_that_needs_more_than_is_left_is_refused(machine: Path) -> None:
    model = machine / "model.onnx"
    model.write_bytes(bytes(2_000_000))
    with pytest.raises(MemoryError, match=r"model\.onnx needs 5 MB, 3 MB are free"):
        onnx_models.check_memory(model)


def test_a_model_that_needs_less_than_is_left_is_not(machine: Path) -> None:
    (machine / "model.onnx").write_bytes(bytes(1_000_000))
    onnx_models.check_memory(machine / "model.onnx")
