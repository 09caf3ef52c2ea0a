"""Headings to train behind: the title that is known, with an outlet and a date as an archive's articles have them."""

from random import Random

from embeddings.dates import in_words

OUTLETS = (
    "The Daily Chronicle", "City Herald", "Morning Post", "Northern Echo", "Press Agency", "Evening Standard",
    "National Review", "Public Radio", "The Observer", "Channel Five News", "Southern Times", "World Report",
)  # fmt: skip
"""Made-up and common names: what outlet a text came from says nothing of the answer."""

WITH_OUTLET = 0.5
WITH_DATE = 0.5
"""The shares of headings that name an outlet, and a date."""

YEARS = (1990, 2026)


def drawn_heading(title: str, random: Random) -> str:
    """Return a heading in an archive's form: title, at random an outlet and a day that the text knows nothing of."""
    parts = [title]
    if random.random() < WITH_OUTLET:
        parts.append(random.choice(OUTLETS))
    if random.random() < WITH_DATE:
        day = f"{random.randint(*YEARS)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        parts.append(in_words(day))
    return " · ".join(parts)
