"""A tiny question-answering model and a made-up set that it can learn by heart."""

import json
from itertools import product
from pathlib import Path

NAMES = ("Anna", "Boris", "Clara", "David", "Elena", "Farid", "Galina", "Hasan", "Irina", "Jamal")
TOWNS = ("Agdam", "Baku", "Culfa", "Dilijan", "Evlakh")
THINGS = ("a red house", "an old mill", "two boats", "the north bridge", "a small farm")


class PulledPlugError(Exception):
    """Ends a training in the middle."""


def write_made_up(path: Path) -> Path:
    """Write 50 questions, each about its own text of two sentences."""
    with path.open("w", encoding="utf-8") as file:
        for number, (name, town) in enumerate(product(NAMES, TOWNS)):
            thing = THINGS[(number + number // 5) % 5]
            text = f"In {town} lives {name} since spring. There {name} owns {thing} by the river."
            answer, question = [(town, f"Where does {name} live?"), (thing, f"What does {name} own?")][number % 2]
            answers = [{"text": answer, "start": text.index(answer)}]
            record = {"id": str(number), "question": question, "text": text, "answers": answers, "source": "made up"}
            file.write(json.dumps(record) + "\n")
    return path


def write_two_kinds(path: Path) -> Path:
    """Write 20 questions, each about its own sentence; a sentence of the other kind has no answer to it."""
    with path.open("w", encoding="utf-8") as file:
        for name in NAMES:
            for question, text, answer in (
                (f"Where does {name} live?", f"In Baku lives {name} since spring.", "Baku"),
                (f"What does {name} own?", f"There {name} owns two boats by the river.", "two boats"),
            ):
                answers = [{"text": answer, "start": text.index(answer)}]
                file.write(json.dumps({"question": question, "text": text, "answers": answers}) + "\n")
    return path


def write_tiny_model(folder: Path, width: int = 64) -> Path:
    """Write an untrained BERT with two layers, and a tokenizer of the made-up set's words."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForQuestionAnswering

    words = " ".join(
        [*NAMES, *TOWNS, *THINGS, "in lives since spring there owns by river where does live what own . ?"]
    )
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*special, *dict.fromkeys(words.lower().split())])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def write_tiny_teacher(folder: Path, *unknown: str) -> Path:
    """Write an untrained MPNet, which has one token type and two signs between texts, with the tiny model's words.

    The words in `unknown` are not among them.
    """
    import torch
    from tokenizers import Tokenizer, models, processors
    from transformers import MPNetConfig, MPNetForQuestionAnswering

    student = Tokenizer.from_file(str(write_tiny_model(folder) / "tokenizer.json"))
    known = [word for word, _ in sorted(student.get_vocab().items(), key=lambda item: item[1])]
    vocabulary = {word: number for number, word in enumerate(["<s>", "<pad>", "</s>", *known]) if word not in unknown}
    student.model = models.WordLevel(vocabulary, unk_token="[UNK]")
    student.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    torch.manual_seed(1)
    config = MPNetConfig(
        vocab_size=len(known) + 3,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=130,
        hidden_dropout_prob=0.0,
    )
    MPNetForQuestionAnswering(config).save_pretrained(folder)
    student.save(str(folder / "tokenizer.json"))
    return folder


def write_tiny_reader(folder: Path) -> None:
    """Write the made-up set, an untrained model, what it becomes when it has learned the set, and its reader."""
    from qa.reader.compile import export_reader
    from qa.training.data import Curation, read_data
    from qa.training.job import Job
    from qa.training.loop import train
    from qa.training.recipe import Precision, Recipe

    recipe = Recipe(
        epochs=40,
        learning_rate=3e-3,
        batch_tokens=400,
        max_tokens=64,
        negatives=0.0,
        held_out_percent=0,
        precision=Precision.FLOAT32,
        checkpoint_minutes=60,
    )
    start, data = write_tiny_model(folder / "start"), write_made_up(folder / "data.jsonl")
    train(Job(read_data([data], Curation()), start, folder / "trained", recipe, device="cpu"))
    export_reader(folder / "trained", folder / "reader")
