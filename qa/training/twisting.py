"""Questions changed by rule so that the text which answers them answers them no longer, as SQuAD 2.0 has them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from qa.training.data import Question, Text
from qa.training.opposites import NEGATED, OPPOSITES
from qa.training.windows import STOPWORDS

KEPT = 5000
"""How many terms of each shape are kept, at most, from the questions of the data."""

DRAWN = 20
"""How many terms of a shape are drawn from other questions, at most, until one fits."""

MOST_SHARED = 0.5
"""A sentence may share fewer than this share of the other words of a twisted question with what replaces its term."""

TERM = re.compile(
    r"(?P<year>\b1[0-9]{3}\b|\b20[0-9]{2}\b)"
    r"|(?P<number>\b\d+(?:[.,]\d+)*\b)"
    r"|(?P<name>\b[A-Z][\w’'-]*\w(?: [A-Z][\w’'-]*\w)*)"
)
"""What may be replaced: a year from 1000 to 2099, another number, a run of capitalised words."""
