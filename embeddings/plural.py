"""Numbers of things in words."""


def plural(count: int, noun: str, plural_noun: str = "") -> str:
    """Return a number of things in words: "1 article", "2,000 articles"; `plural_noun` if it takes more than an s."""
    return f"{count:,} {noun if count == 1 else plural_noun or f'{noun}s'}"
