"""Whether a question is in another language than English: told only where it is sure, for most are not."""

import re

from embeddings.folding import fold
from embeddings.languages import ENGLISH, NAMES, likely

FEWEST_WORDS, MANY_WORDS = 4, 7
"""Words of a question in Latin letters that may be called foreign: a few if it begins with a foreign question word, or
ends with a question mark, one less if both is so; many otherwise, for it may be names and keywords."""

LONG = 8
"""Letters of a question in a script without capitals, which may have no spaces either: fewer may be a name."""

NOT_ENGLISH, LIKELY = 0.01, 0.5
NOT_ENGLISH_IF_ASKED, LIKELY_IF_ASKED = 0.05, 0.25
"""How likely English may be at most, and its language must be at least, of a foreign question: for one that begins with
a foreign question word, and for others. With these, none of 84,343 questions in English is foreign (SQuAD 2.0 dev, the
training questions and QAMR; none in lower case either), 15 of them are, either way, if they are only their keywords."""

_SAID_IN_ENGLISH = (
    "who what when where why how which whose whom the did does were been much many from with and that this their would"
    " about there its they if"
)
"""Words that no question in another language has but in a name."""

_ASK = (
    "wer wann wo wie warum wieso welche welcher welches wieviele wieviel wem wen wohin woher qui que quand où"
    " comment pourquoi combien quel quelle quels quelles quién quiénes quien qué cuándo cuando dónde donde cómo como"
    " cuántos cuántas cuánto cuál chi che dove come perché perche quanti quante quanto quale quali cosa quem onde"
    " quantos quantas qual quais porque por wie wat wanneer waar hoe waarom welke hoeveel kto co kiedy gdzie jak"
    " dlaczego ile który która kdo kdy kde proč kolik vem vad när var hur varför vilken hvem hvad hvornår hvor hvordan"
    " hvorfor hva når kuka mitä milloin missä miten miksi montako ki mi mikor hol hogyan miért hány cine ce când unde"
    " cum câți câte care kim ne nerede nasıl neden niçin kaç hangi nə haçan harada necə niyə neçə hansı siapa apa kapan"
    " dimana bagaimana mengapa berapa tko što kada gdje kako zašto koliko"
)
"""What questions begin with in Latin letters, but for English."""

_ASK_WITHIN = "kim kaç nerede nasıl neden niçin hangi nə neçə niyə hansı harada necə"
"""What asks in the middle of a sentence: in Turkish and Azerbaijani."""

_ENGLISH_WORDS, _ASKS, _ASKS_WITHIN = (frozenset(words.split()) for words in (_SAID_IN_ENGLISH, _ASK, _ASK_WITHIN))
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKED = re.compile(r"\A\s*¿|[?？؟;՞]\s*\Z|[՞՝]")


def language_of_question(question: str) -> str:
    """Return the name of the language that a question is in, "" if that is English or not sure."""
    text = fold(question).text
    words = _WORDS.findall(text)
    if _ENGLISH_WORDS.intersection(map(str.casefold, words)):
        return ""
    letters = "".join(words)
    if 2 * sum(map(_is_latin, letters)) >= len(letters):
        code = _in_latin_letters(text, words)
    else:
        code = likely(text).language if _asks_in_another_script(text, words) else ""
    return NAMES[code] if code not in ("", ENGLISH) else ""


def in_another_language(name: str) -> str:
    """Return what is said of a question in a language of this name."""
    return (
        f"This question seems to be in {name}. Questions are read in English, so it is not answered: ask it in English."
    )


def _asks_in_another_script(text: str, words: list[str]) -> bool:
    """Return whether words in another script are more than a name."""
    letters, is_marked = "".join(words), _MARKED.search(text) is not None
    if letters.lower() != letters or letters.upper() != letters:
        return len(words) >= FEWEST_WORDS - 1 and sum(word[0].islower() for word in words) >= 2 - is_marked
    return len(letters) >= 5 if is_marked else len(words) >= FEWEST_WORDS or len(letters) >= LONG


def _in_latin_letters(text: str, words: list[str]) -> str:
    """Return the code of the language of a question in Latin letters, "" if it is not sure.

    Names say nothing of it: it must be so without the words that begin with a capital, too.
    """
    said = [word for place, word in enumerate(words) if place == 0 or not word[0].isupper()]
    asks = said[:1] != [] and (said[0].casefold() in _ASKS or not _ASKS_WITHIN.isdisjoint(said[1:]))
    is_marked = _MARKED.search(text) is not None
    least = FEWEST_WORDS - (asks and is_marked) if asks or is_marked else MANY_WORDS
    if len(words) < least or len(said) < (2 if asks else FEWEST_WORDS):
        return ""
    whole, without_names = likely(text), likely(" ".join(said))
    most_english, likely_enough = (NOT_ENGLISH_IF_ASKED, LIKELY_IF_ASKED) if asks else (NOT_ENGLISH, LIKELY)
    is_other = max(whole.english, without_names.english) < most_english and whole.probability >= likely_enough
    return whole.language if is_other else ""


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"
