"""What may be asked: the checks of a question and of k, shared by the page, the endpoint and the command line."""

MAX_QUESTION = 1_000
"""The longest question, in characters; the reader sees about the first 60 words."""

MAX_K = 100
"""The most passages that one question may read."""


def check_question(text: str) -> str:
    """Return the question with its white space collapsed.

    Raises:
        ValueError: if it is blank, longer than MAX_QUESTION characters, or holds neither letter nor digit.
    """
    if len(text) > MAX_QUESTION:
        raise ValueError(f"the question has {len(text):,} characters, at most {MAX_QUESTION:,} are read; shorten it")
    question = " ".join(text.split())
    if not question:
        raise ValueError("the question is blank; type a question such as: Who signed the agreement?")
    if not any(character.isalnum() for character in question):
        raise ValueError(f"the question {question[:40]!r} holds no letter or digit; ask it in words")
    return question


def check_k(value: str | int) -> int:
    """Return the number of passages to read.

    Raises:
        ValueError: if it is not a whole number from 1 to MAX_K.
    """
    cure = f"k is the number of passages to read, a whole number from 1 to {MAX_K}"
    try:
        k = int(value)
    except ValueError as error:
        raise ValueError(f"k is {str(value)[:40]!r}; {cure}") from error
    if not 1 <= k <= MAX_K:
        raise ValueError(f"k is {str(k)[:40]}; {cure}")
    return k
