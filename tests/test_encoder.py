import hashlib
import json
import logging
import shutil
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SEEDS
from embeddings import compiling, encoders
from embeddings import encoder as encoder_module
from embeddings.compiling import DEFAULT_WEIGHTS_SHA256, LEAST_COSINE, PROBES, load_original
from embeddings.encoder import DEFAULT_ENCODER, OnnxEncoder
from embeddings.encoders import default_cache, load_encoder
from embeddings.types import Vectors
from processes import run_python

HEAVY = ("torch", "transformers", "sentence_transformers", "onnxruntime", "nupunkt")
TEXTS = (
    "The ministers signed the treaty in Baku.",
    "Министр подписал договор.",
    "وقع الوزير الاتفاق",
    "😀",
    "x" * 10_000,
    "word " * 1000,
    "7",
)


@pytest.mark.parametrize(
    ("cache_home", "expected"), [("/somewhere", "/somewhere/pressmark"), ("", "/home/ann/.cache/pressmark")]
)
def test_default_cache_is_where_caches_go(cache_home: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", cache_home)
    monkeypatch.setenv("HOME", "/home/ann")
    assert default_cache() == Path(expected)


# --- the compiled model -----------------------------------------------------------------------------------------------


@pytest.mark.model
def test_loading_and_encoding_import_no_torch(encoder: OnnxEncoder) -> None:
    code = (
        "from embeddings.encoder import DEFAULT_ENCODER; from embeddings.encoders import load_encoder;"
        "found = load_encoder(DEFAULT_ENCODER).encode_questions(['Who signed?']);"
        "import sys; print(found.shape, sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert run_python(code).stdout == "(1, 384) []\n"


@pytest.mark.model
def test_name_says_model_and_precision(encoder: OnnxEncoder) -> None:
    assert (encoder.name, encoder.dimension) == ("all-MiniLM-L6-v2 int8", 384)


@pytest.mark.model
def test_vectors_are_of_unit_length(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1.0] * len(TEXTS), abs=1e-5)


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " ", "\n", "\u0301"])
def test_text_without_words_has_a_unit_vector_too(text: str, encoder: OnnxEncoder) -> None:
    assert np.linalg.norm(encoder.encode_questions([text])) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.model
def test_no_texts_have_no_vectors(encoder: OnnxEncoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


@pytest.mark.model
@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_a_text_has_the_same_vector_whatever_stands_beside_it(place: int, encoder: OnnxEncoder) -> None:
    together = encoder.encode_passages(TEXTS)
    backwards = encoder.encode_passages(TEXTS[::-1])[::-1]
    alone = encoder.encode_passages([TEXTS[place]])[0]
    assert alone.tobytes() == together[place].tobytes() == backwards[place].tobytes()


@pytest.mark.model
def test_threads_get_the_vectors_that_one_gets(encoder: OnnxEncoder) -> None:
    expected = encoder.encode_questions(TEXTS[:4]).tobytes()
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(encoder.encode_questions(TEXTS[:4]).tobytes())) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [expected] * 4


@pytest.mark.model
def test_the_end_of_a_long_text_is_cut(encoder: OnnxEncoder) -> None:
    start = "treaty " * 254  # 254 word pieces and two special tokens are all that the model reads
    vectors = encoder.encode_passages([start, start + "border", start + "rain " * 500, "treaty " * 253 + "border"])
    assert vectors[0].tobytes() == vectors[1].tobytes() == vectors[2].tobytes()
    assert vectors[0].tobytes() != vectors[3].tobytes()


@pytest.mark.model
def test_near_in_meaning_is_near_in_vectors(encoder: OnnxEncoder) -> None:
    [question] = encoder.encode_questions(["Who signed the agreement?"])
    passages = encoder.encode_passages(["It will rain tomorrow.", "The ministers put their names to the accord."])
    rain, accord = passages @ question
    assert accord > rain + 0.2


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Café Müller 😀 signed the MoU.", ["Café", "Müller", "😀", "signed", "the", "Mo", "U", "."]),
        ("Министр", list("Министр")),
        ("cafe\u0301s", ["cafe\u0301s"]),
        ("  two\n\nlines ", ["two", "lines"]),
        ("x" * 10_000, ["x" * 10_000]),
        ("", []),
        (" \n", []),
    ],
    ids=["accents", "Cyrillic", "combining", "blanks", "endless word", "empty", "blank"],
)
def test_token_offsets_slice_the_text(text: str, pieces: list[str], encoder: OnnxEncoder) -> None:
    offsets = encoder.token_offsets(text)
    assert offsets.dtype == np.int64
    assert offsets.shape == (len(pieces), 2)
    assert [text[start:end] for start, end in offsets.tolist()] == pieces


@pytest.mark.model
def test_token_offsets_are_not_cut(encoder: OnnxEncoder) -> None:
    assert len(encoder.token_offsets("treaty " * 5000)) == 5000


@pytest.mark.model
@pytest.mark.parametrize("text", [TEXTS[0] * 9, "treaty " * 30, "Министр 😀 e\u0301 " * 20], ids=lambda text: text[:9])
def test_token_offsets_of_a_long_text_are_those_of_its_parts(
    text: str, encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = encoder.token_offsets(text)
    monkeypatch.setattr(encoder_module, "PART_CHARACTERS", 50)
    assert encoder.token_offsets(text).tolist() == whole.tolist()


@pytest.mark.model
def test_token_offsets_of_an_endless_word_are_those_of_its_parts(encoder: OnnxEncoder) -> None:
    offsets = encoder.token_offsets("x" * 250_000)
    assert offsets.tolist() == [[0, 100_000], [100_000, 200_000], [200_000, 250_000]]


@pytest.mark.model
def test_many_texts_have_the_vectors_of_few(encoder: OnnxEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = encoder.encode_passages(TEXTS)
    monkeypatch.setattr(encoder_module, "TEXTS_AT_ONCE", 3)
    assert encoder.encode_passages(TEXTS).tobytes() == expected.tobytes()


@pytest.mark.model
@given(st.text(max_size=100) | st.text(st.sampled_from("aé\u0301 😀Я中.\n"), max_size=100))
def test_token_offsets_of_any_text_are_in_order_and_inside(encoder: OnnxEncoder, text: str) -> None:
    offsets = encoder.token_offsets(text)
    assert (offsets[:, 0] <= offsets[:, 1]).all()
    assert (np.diff(offsets[:, 0]) >= 0).all()
    assert ((offsets >= 0) & (offsets <= len(text))).all()


# --- against the original ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    """Torch's own warnings do not end the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


@pytest.fixture(scope="module")
def expected(quiet: None) -> Vectors:
    """The original's vectors of the probes and of the seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        model = load_original(DEFAULT_ENCODER)
        vectors: Vectors = model.encode([*PROBES, *SEED_TEXTS], normalize_embeddings=True, show_progress_bar=False)
    return vectors


SEED_TEXTS = [path.read_text(encoding="utf-8")[200:700] for path in sorted(SEEDS.glob("*.txt"))]


@pytest.mark.model
def test_compiled_vectors_are_close_to_the_original(encoder: OnnxEncoder, expected: Vectors) -> None:
    found = encoder.encode_passages([*PROBES, *SEED_TEXTS])
    cosines = (found * expected).sum(axis=1)
    assert cosines[: len(PROBES)].mean() >= LEAST_COSINE == 0.98
    assert cosines.mean() >= LEAST_COSINE


@pytest.mark.model
def test_int8_that_is_not_close_enough_gives_way_to_full_precision_with_a_warning(
    expected: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiling, "LEAST_COSINE", 1.1)
    with caplog.at_level(logging.WARNING, "embeddings.compiling"), warnings.catch_warnings():
        warnings.simplefilter("default")
        wide = load_encoder(DEFAULT_ENCODER, tmp_path)
    assert "compiling the encoder all-MiniLM-L6-v2, once" in caplog.messages[0]
    assert "all-MiniLM-L6-v2 has a mean cosine of only 0.99" in caplog.messages[1]
    assert caplog.messages[1].endswith("to the original, less than 1.10; using full precision")
    assert wide.name == "all-MiniLM-L6-v2 float32"
    assert wide.encode_passages(PROBES).ravel().tolist() == pytest.approx(expected[: len(PROBES)].ravel(), abs=1e-5)
    [folder] = (tmp_path / "encoders").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["encoder.json", "model.onnx", "tokenizer.json"]
    caplog.clear()
    assert load_encoder(DEFAULT_ENCODER, tmp_path).name == wide.name  # from the cache: no second compiling
    assert caplog.messages == []


@pytest.mark.model
def test_default_weights_that_are_not_the_published_ones_are_refused(
    expected: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "DEFAULT_WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(ValueError, match=f"have SHA-256 {DEFAULT_WEIGHTS_SHA256}, the published ones have {'0' * 64}"):
        load_encoder(DEFAULT_ENCODER, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.model
def test_a_folder_that_holds_no_model_is_refused_with_the_cure(quiet: None, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    cure = "give the folder of a sentence-transformers model, or leave PRESSMARK_ENCODER unset to use all-MiniLM-L6-v2"
    with pytest.raises(ValueError, match=rf"there is no encoder '.*empty' here; {cure}"):
        load_encoder(str(tmp_path / "empty"), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


@pytest.mark.model
def test_an_unknown_name_is_refused_with_the_cure(tmp_path: Path) -> None:
    code = (
        "from embeddings.encoders import load_encoder; from pathlib import Path\n"
        f"try: load_encoder('no-such/encoder', Path({str(tmp_path)!r}))\n"
        "except ValueError as error: print(error)"
    )
    said = run_python(code, HF_HUB_OFFLINE="1", HF_HOME=tmp_path / "hub").stdout
    assert said == (
        "there is no encoder 'no-such/encoder' here; give the folder of a sentence-transformers model, "
        "or leave PRESSMARK_ENCODER unset to use all-MiniLM-L6-v2\n"
    )


# --- a compiled folder that is not whole ------------------------------------------------------------------------------


@pytest.fixture
def compiled(encoder: OnnxEncoder, tmp_path: Path) -> Path:
    """A copy of the default encoder's compiled folder."""
    source = default_cache() / "encoders" / encoders._folder_name(DEFAULT_ENCODER)
    return Path(shutil.copytree(source, tmp_path / "compiled"))


@pytest.mark.model
def test_a_copied_folder_gives_the_same_vectors(encoder: OnnxEncoder, compiled: Path) -> None:
    assert OnnxEncoder.open(compiled).encode_passages(TEXTS).tobytes() == encoder.encode_passages(TEXTS).tobytes()


@pytest.mark.model
@pytest.mark.parametrize("place", [0, 1000, -1])
def test_a_model_that_was_altered_is_refused_by_both_hashes(place: int, compiled: Path) -> None:
    path = compiled / "model.onnx"
    wanted = json.loads((compiled / "encoder.json").read_text())["sha256"]["model.onnx"]
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    found = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError, match=rf"model\.onnx was altered: its SHA-256 is {found}, expected {wanted}; "):
        OnnxEncoder.open(compiled)


@pytest.mark.model
def test_a_missing_model_is_said(compiled: Path) -> None:
    (compiled / "model.onnx").unlink()
    with pytest.raises(FileNotFoundError, match=r"the model file .*model\.onnx is missing; "):
        OnnxEncoder.open(compiled)


@pytest.mark.model
def test_a_missing_description_is_said(compiled: Path) -> None:
    (compiled / "encoder.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"encoder\.json"):
        OnnxEncoder.open(compiled)


@pytest.mark.model
@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"unknown": 1}'])
def test_a_damaged_description_is_refused_with_the_cure(content: str, compiled: Path) -> None:
    (compiled / "encoder.json").write_text(content)
    with pytest.raises(ValueError, match=r"encoder\.json is damaged: .*; delete its folder"):
        OnnxEncoder.open(compiled)


@pytest.mark.parametrize("missing", ["encoder.json", "model.onnx", "tokenizer.json"])
def test_a_folder_with_a_file_missing_is_not_taken_for_compiled(missing: str, tmp_path: Path) -> None:
    for name in ("encoder.json", "model.onnx", "tokenizer.json"):
        (tmp_path / name).touch()
    assert encoders._is_compiled(tmp_path)
    (tmp_path / missing).unlink()
    assert not encoders._is_compiled(tmp_path)


def test_a_model_folder_that_changes_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = encoders._folder_name(str(tmp_path))
    assert encoders._folder_name(str(tmp_path)) == before
    (tmp_path / "model.safetensors").write_bytes(b"other")
    assert encoders._folder_name(str(tmp_path)) != before


@pytest.mark.parametrize("name", ["../../etc", "a/b", "модель", "x" * 200, "C:\\model", "a\nb"])
def test_any_name_makes_a_plain_file_name(name: str) -> None:
    made = encoders._folder_name(name)
    assert Path(made).name == made
    assert len(made) <= 80
