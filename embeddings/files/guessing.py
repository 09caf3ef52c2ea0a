"""The encoding of bytes that nothing states: the one whose letters make words of a language that is written with it.

Every encoding's letters are weighed by how often a language has them, the most probable reading wins: naive Bayes over
letters, as in C. D. Manning, P. Raghavan and H. Schütze, Introduction to Information Retrieval (2008), section 13.2.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import log

LANGUAGES = {
    "English": ("éñöüáèíóçäåøêâîôúëïæœ", "the of and to in that is was"),
    "French": ("éèàêçâîôûùëïœ", "le la les des et du que dans une est"),
    "German": ("üäöß", "der die und das den von mit ist im nicht"),
    "Spanish": ("óíáéñúü¡¿", "el la los de que y en las por con"),
    "Portuguese": ("ãçéáíóõêâúà", "de que o os da do em uma para com não"),
    "Italian": ("èàùòìé", "il di che la e per un del non della"),
    "Dutch": ("ëéïèöü", "de het een van en in dat op met voor"),
    "Swedish": ("äåöé", "och att det som en på är av för"),
    "Danish": ("øåæé", "og i at det er en til på som af"),
    "Finnish": ("äö", "ja on ei se että oli joka ovat"),
    "Icelandic": ("áðíéóúýþæö", "og að er sem um til var við það"),
    "Polish": ("łąęóśżćńź", "w i na się z do nie że jest to"),
    "Czech": ("íáěéřčžýšůúťďňó", "a se v na je že o z do s"),
    "Slovak": ("áíéčžšľúýťôňďäóĺŕ", "a sa v na je že o z do s"),
    "Hungarian": ("áéöőóüíúű", "a az és hogy nem is egy meg volt"),
    "Romanian": ("ăîâşţșț", "de și în la a cu pe din care"),
    "Croatian": ("čšžćđ", "i je u se na da za su od"),
    "Turkish": ("ıüşğçöİâîû", "ve bir bu da de için ile olarak olan"),
    "Lithuanian": ("ėįšųžąčęū", "ir kad yra su iš į tai kaip"),
    "Latvian": ("āīēšūņļžģķč", "un ir ka no ar par uz tas"),
    "Estonian": ("äõüöšž", "ja on ei et see oli ka mis"),
    "Russian": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", ""),
    "Ukrainian": ("оаинівретслкдумпязьгбчхйцжюїєшщфґ", ""),
    "Belarusian": ("анаілеросдткўвпямыузьгёшцжбчйюфэх", ""),
    "Bulgarian": ("аиоентрсвлдкпмзъугячбщжйцхшюфь", ""),
    "Serbian": ("аоиенрстјувдкмлпгзбчшцњжљћђфхџ", ""),
    "Greek": ("αοιετσνηυρπκμλςωίδγάχήόθέφύώβξζψϊϋΐΰ", ""),
    "Hebrew": ("יולהמאתרבשנכדקעחטםןפצזגסךףץ", ""),
    "Arabic": ("الينمرتوبعدسفهكقحجشصطخزثضغذظةىأإآءئؤ،؟", ""),
    "Persian": ("اینردهومتبسلشکزفگعخقجآچپحصطضثژغظذئ،؟", ""),
    "Thai": ("านรอกเงมยลวดทสตะปบคหแจพชขใไโผธถซณศฟษ่้ิีัื์ุู็ำ", ""),
}
"""Letters beyond ASCII of each language, the most frequent first, and frequent words, where ASCII letters tell too."""

SINGLE_BYTE = {
    "cp1252": 0.0, "cp1250": 0.0, "cp1251": 0.0, "cp1253": 0.0, "cp1254": 0.0, "cp1255": 0.0, "cp1256": 0.0,
    "cp1257": 0.0, "cp874": 0.0, "iso8859_2": 1.0, "iso8859_15": 2.0, "koi8_r": 0.5, "koi8_u": 1.0, "iso8859_5": 2.0,
    "iso8859_6": 2.0, "iso8859_7": 1.0, "mac_roman": 2.0, "mac_latin2": 3.0, "mac_cyrillic": 2.0, "mac_turkish": 3.0,
    "cp866": 1.0, "cp850": 3.0, "cp852": 3.0, "cp857": 3.5,
}  # fmt: skip
"""Encodings with one byte a letter, and how many times e less probable than Windows' they are before a look."""

SURE = 3.0
"""A reading is sure if it is e to this power more probable than the next one with other letters."""

_MARKS = {**dict.fromkeys("‘„…€£°·•©®™§¿¡´‚›‹№״׳", -6.0), **dict.fromkeys("“”–—«»", -3.5), "’": -2.0, "\xa0": -2.0}
_FOREIGN, _OTHER = -7.5, -14.0
_WITHIN_WORDS = "’‘'–—·\xad״׳\u200c"
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Guess:
    """The most probable encoding, and whether that is sure: SURE, and no stranger than a text of foreign names."""

    encoding: str
    is_sure: bool


@cache
def guess(sample: bytes) -> Guess | None:
    """Return what the sample is in; None if it makes no words in any encoding, as in a binary file."""
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        return None
    readings: dict[str, tuple[float, str]] = {}
    for encoding, improbable in SINGLE_BYTE.items():
        text = sample.decode(encoding, "replace")
        score = _letters(text) - improbable
        if text not in readings or score > readings[text][0]:
            readings[text] = score, encoding
    for encoding, is_common in _MULTI_BYTE.items():
        if (characters := _cut_decoded(sample, encoding)) is not None:
            readings[characters] = _characters(characters, is_common), encoding
    (best, encoding), *others = sorted(readings.values(), key=lambda each: -each[0])
    high = sum(byte >= 0x80 for byte in sample)
    if best < high * (_OTHER + _FOREIGN) / 2:
        return None
    return Guess(encoding, is_sure=best - others[0][0] >= SURE and best >= high * _FOREIGN)


def _beyond_ascii(text: str) -> Counter[str]:
    return Counter(letter for letter in text if letter > "\x7f")


def _letters(text: str) -> float:
    """Return the logarithm of how probable a reading is, in the language that it is most probable in."""
    counts = _beyond_ascii(text)
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    mixed = min(10, len(re.findall("[A-Za-z]", text)) // 10)  # a page in Russian has English tags, but few
    best = max(
        sum(count * weights.get(letter, _weight_of_stranger(letter, latin)) for letter, count in counts.items())
        + (sum(min(words[word], 5) for word in frequent) if latin else -mixed)
        for weights, frequent, latin in _languages()
    )
    return best - 4.0 * sum(map(_is_odd, *_neighbours(text)))


def _neighbours(text: str) -> tuple[list[str], list[str], list[str]]:
    """Return the character before each one beyond ASCII, this one, and the one after it."""
    found = re.findall(r"(?=(.)([^\x00-\x7f])(.?))", f" {text}", re.DOTALL)
    return [each[0] for each in found], [each[1] for each in found], [each[2] for each in found]


def _is_odd(before: str, letter: str, after: str) -> bool:
    """Return whether a capital follows a small letter, or what is no letter or of another script is within a word."""
    if letter.isalpha():
        near = before + after
        return (
            (letter.isupper() and before.islower())
            or any(map(str.isdigit, near))
            or (letter > "\u0250" and any(each.isascii() and each.isalpha() for each in near))
        )
    within = before.isalpha() and after.isalpha()
    return within and letter not in _WITHIN_WORDS and not "\u0300" <= letter <= "\u0e7f"


@cache
def _languages() -> list[tuple[dict[str, float], list[str], bool]]:
    """Return for each language the logarithms of its letters' frequencies, its frequent words, whether it is Latin."""
    found = []
    for letters, words in LANGUAGES.values():
        total = sum(1 / (rank + 3) for rank in range(len(letters)))
        weights = {letter: log(1 / (rank + 3) / total) for rank, letter in reversed(list(enumerate(letters)))}
        for letter in letters:
            if letter.upper() != letter and len(letter.upper()) == 1:
                weights.setdefault(letter.upper(), weights[letter] - 3.0)
        found.append((weights | _MARKS, words.split(), words != ""))
    return found


def _weight_of_stranger(letter: str, latin: bool) -> float:
    """Return what a letter weighs that the language has not: a name's from another Latin one is not that rare."""
    return _FOREIGN - 3.0 * letter.isupper() if latin and "\xc0" <= letter <= "\u017f" and letter.isalpha() else _OTHER


def _cut_decoded(sample: bytes, encoding: str) -> str | None:
    """Return the sample's characters, which may begin and end within one; None if it is not in the encoding."""
    for start in range(2):
        try:
            return sample[start:].decode(encoding)
        except UnicodeDecodeError as error:
            if error.end >= len(sample) - start and error.start > 0:
                return sample[start : start + error.start].decode(encoding)
    return None


def _lead(letter: str, encoding: str) -> int:
    """Return the first byte of a character of two; 0 if it is none."""
    try:
        data = letter.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return data[0] if len(data) == 2 else 0


def _is_common_japanese(letter: str) -> bool:
    return 0x88 <= _lead(letter, "shift_jis") <= 0x97


_MULTI_BYTE: dict[str, Callable[[str], bool]] = {
    "shift_jis": _is_common_japanese,
    "euc_jp": _is_common_japanese,
    "gb18030": lambda letter: 0xB0 <= _lead(letter, "gb2312") <= 0xD7,
    "big5": lambda letter: 0xA4 <= _lead(letter, "big5") <= 0xC6,
    "euc_kr": lambda letter: 0xB0 <= _lead(letter, "euc_kr") <= 0xC8,
}
"""Encodings with several bytes a character, and which characters are frequent ones: the standards sort them."""


def _characters(text: str, is_common: Callable[[str], bool]) -> float:
    """Return the logarithm of how probable a reading in Chinese, Japanese or Korean is."""
    counts = _beyond_ascii(text)
    kana = sum(count for letter, count in counts.items() if "\u3041" <= letter <= "\u30fc")
    foreign = 2.0 * counts.total() if is_common is _is_common_japanese and kana * 10 < counts.total() else 0.0
    mixed = min(10, len(re.findall("[A-Za-z]", text)) // 2)
    return sum(count * _east_asian(letter, is_common) for letter, count in counts.items()) - foreign - mixed


def _east_asian(letter: str, is_common: Callable[[str], bool]) -> float:
    """Return the logarithm of how frequent a character is."""
    if "\u3041" <= letter <= "\u30fc":
        return log(1 / 100)
    if letter in "、。，「」：；！？（）":
        return log(1 / 50)
    if is_common(letter):
        return log(1 / 1000) if letter >= "\uac00" else log(1 / 2500)
    return _MARKS.get(letter, _OTHER)
