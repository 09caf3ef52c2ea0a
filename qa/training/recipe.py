"""Everything that decides what weights come out of a training, but the data and the weights it starts from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

RESUME_ANYWAY = ("minutes", "checkpoint_minutes", "evaluate_minutes")
"""What of a recipe may change when a training is taken up again."""


SHARES = ("typed", "keywords", "typos", "headings", "soft_weight")


class Precision(StrEnum):
    """How the model's matrices are multiplied. AUTO: bfloat16 where a short measurement says that it is faster."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of a training. Shares are in [0, 1].

    With `minutes` it lasts so long, however many epochs that gives, and cannot be repeated exactly; without, `epochs`.
    """

    epochs: float = 3.0
    minutes: float | None = None
    learning_rate: float = 1.5e-4
    warmup: float = 0.03
    """The share of the training in which the learning rate rises from 0; then it falls evenly to 0."""

    weight_decay: float = 0.01
    batch_tokens: int = 3072
    """The most word pieces in a batch, padding included."""

    max_tokens: int = 384
    negatives: float = 0.24
    """The share of windows that do not hold the answer."""

    long_windows: float = 0.12
    """The share of windows that are as long as a paragraph of an encyclopaedia; the others are as long as passages."""

    perturbed: float = 0.0
    """The share of questions that are changed by rule so that their window has no answer to them."""

    group_negatives: int = 0
    """How many windows without the answer each question is asked over together with its own window, as one group."""

    own_weight: float = 0.5
    """In groups, the weight of each window's loss on its own beside that of all together, so that a passage read alone
    still knows when it has no answer."""

    typed: float = 0.1
    """The share of questions in the form that people type: lower case, no question mark."""

    keywords: float = 0.0
    typos: float = 0.0
    """The shares of these that are typed as keywords only, and with a typo."""

    headings: float = 0.0
    """The share of windows that are read behind the heading of their article, where its title is known."""

    draws: int | None = None
    """How many epochs' windows are drawn anew; later epochs have them again. None: every epoch's."""

    soft_weight: float = 0.7
    temperature: float = 2.0
    """With a teacher, the weight of its logits beside what the data say, and what both sides are divided by for it."""

    doubtful: tuple[str, ...] = ()
    """The sources whose answers are used only where the teacher's share a word piece with them."""

    relevance_weight: float = 0.3
    """The weight of the relevance head's loss beside that of the spans."""

    frozen_layers: int = 0
    """How many of the lowest layers stay as they are, and the embeddings too: 2 of 6 save a fifth of the time."""

    every_mention: bool = False
    """Whether all places of a window where the answer's words stand count as the answer, not the marked one alone."""

    layer_decay: float = 1.0
    """What each layer's learning rate is multiplied by, going down from the top one: below 1, low layers learn less."""

    dropout: float | None = None
    """The share of each layer's output that is dropped; None: as the model has it."""

    ema: float = 0.0
    """How much of itself an average of the weights keeps each step, such as 0.999; it is the result then. 0: none."""

    held_out_percent: int = 3
    held_out_questions: int = 300
    """How much of the texts is held out, and how many of the questions about them are asked during training."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """How often an epoch has each question of a source, 1 for those not named: 0.5 is every other question."""

    precision: Precision = Precision.AUTO
    checkpoint_minutes: float = 5.0
    evaluate_minutes: float = 10.0
    seed: int = 7

    def __post_init__(self) -> None:
        for name in ("warmup", "negatives", "long_windows", "perturbed", "own_weight", *SHARES):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; give a share from 0 to 1")
        for name in ("epochs", "learning_rate", "batch_tokens", "temperature", "minutes"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}; give a number above 0")
        if self.negatives + self.perturbed > 1:
            raise ValueError(f"negatives, {self.negatives}, and perturbed, {self.perturbed}, are above 1 together")
        for name, least in (("draws", 1), ("group_negatives", 0)):
            if getattr(self, name) is not None and getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}; give {least} or more")
        if self.group_negatives and (1 + self.group_negatives) * self.max_tokens > self.batch_tokens:
            raise ValueError(
                f"a group of {1 + self.group_negatives} windows of up to {self.max_tokens} tokens does not fit into "
                f"batch_tokens, {self.batch_tokens}; raise it, or lower group_negatives"
            )
        if not 0 < self.layer_decay <= 1:
            raise ValueError(f"layer_decay is {self.layer_decay}; give a number above 0, up to 1")
        for name, value in (("ema", self.ema), ("dropout", self.dropout)):
            if value is not None and not 0 <= value < 1:
                raise ValueError(f"{name} is {value}; give a number from 0 to below 1")
        if any(weight < 0 for weight in self.weights.values()):
            raise ValueError(f"the weights {dict(self.weights)} hold one below 0; give 0 or more")

    def identity(self) -> dict[str, str]:
        """Return the settings that may not change when a training is taken up again, by name."""
        return {name: str(value) for name, value in asdict(self).items() if name not in RESUME_ANYWAY}

    def rate(self, progress: float) -> float:
        """Return the learning rate when so much of the training is done, in [0, 1]: linear warm-up, linear decay."""
        if progress < self.warmup:
            return self.learning_rate * progress / self.warmup
        return self.learning_rate * max(0.0, 1 - progress) / max(1e-9, 1 - self.warmup)
