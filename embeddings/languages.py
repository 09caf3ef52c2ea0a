"""The language that a text is in, told offline."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"

NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean",
    "ku": "Kurdish", "ky": "Kyrgyz", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "tl": "Filipino", "tr": "Turkish", "tt": "Tatar",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""The languages that are told apart, by their ISO 639-1 codes."""

LEAST_LETTERS = 20
"""A text with fewer letters is too short to tell; where a script has a sign a word or a syllable, a third is enough."""

READ_CHARACTERS = 600
"""Characters of an article that are looked at: its beginning."""

LEAST_PROBABILITY, MOST_ENGLISH = 0.4, 0.05
"""How likely another language than English must be, and how likely English may be, for a text to be in that one."""

ENGLISH_SHARE = 0.08
"""The share of the words below in what is taken for English without asking the model, which takes 20 times as long."""

_FREQUENT = re.compile("the|and|that|with|from|were|which|who|this|have|been|said|their|they|would")
_WORDS = re.compile(r"[^\W\d_]+")
_WORDY = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Likely:
    """The likeliest language of a text, by its code, how likely it is, and how likely English is; both in [0, 1]."""

    language: str
    probability: float
    english: float


def language_of(text: str) -> str:
    """Return the code of the language that an article is in, "" if that cannot be told."""
    start = text[:READ_CHARACTERS]
    words = _WORDS.findall(start.lower())
    letters = sum(map(len, words))
    if letters < LEAST_LETTERS and letters + 2 * len(_WORDY.findall(start)) < LEAST_LETTERS:
        return ""
    if "the" in words and sum(map(bool, map(_FREQUENT.fullmatch, words))) >= max(3, ENGLISH_SHARE * len(words)):
        return ENGLISH
    found = likely(start)
    is_other = found.probability >= LEAST_PROBABILITY and found.english < MOST_ENGLISH
    return found.language if found.language == ENGLISH or is_other else ""


def named(code: str) -> str:
    """Return the name of a language, "" for the unknown one."""
    return NAMES.get(code, code)


def likely(text: str) -> Likely:
    """Return the likeliest language of a text of any length."""
    ranked = dict(_model().rank(text))
    language = max(ranked, key=ranked.__getitem__)
    return Likely(language, ranked[language], ranked[ENGLISH])


@cache
def _model() -> "LanguageIdentifier":
    """Return the model, naive Bayes over bytes; it stays in memory, 60 MB.

    Source: Lui & Baldwin 2012, "langid.py: An Off-the-shelf Language Identification Tool".
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(NAMES)
    return model
