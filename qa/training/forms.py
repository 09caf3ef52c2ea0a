"""The forms in which people type questions, by name: commands offer them without loading what makes them."""

from enum import StrEnum


class Form(StrEnum):
    """A form in which people type a question in a hurry: in lower case, without question mark."""

    PLAIN = "plain"
    KEYWORDS = "keywords"
    TYPO = "typo"
