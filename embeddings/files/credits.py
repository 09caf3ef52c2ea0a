"""Who wrote an article, as a line above it or a file's properties say."""

import re

_BY = re.compile(
    r"(?:by|written by|words by|text by|von|par|por|di|door|av|af|автор|текст|autor(?:in|es|a)?|auteure?s?|autore)"
    r"\b[ \t]*:?\s+",
    re.IGNORECASE,
)
_ENGLISH_BY = re.compile(r"by[:\s]\s*", re.IGNORECASE)
_MAIL = re.compile(r"[\s,;]*[(<\[]?[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")
_BETWEEN = (
    "and und et y e en og och и və ve & de del della der den des di da do dos du la le van von ten ter bin ibn al el "
    "zu af av"
)
_ROLE = re.compile(
    r"\s*[,;|/–—-]\s*(?:(?:[A-Z][\w-]* ){0,2}(?:[Cc]orrespondent|[Ee]ditor|[Rr]eporter|[Ww]riter|[Ss]taff|"
    r"[Kk]orrespondent\w*|[Rr]edakt\w+)\b.*|[^\W\dA-ZÄÖÜ][\w '-]*\Z)"
)
_NO_PERSON = re.compile(
    r"\b(?:admin\w*|user|benutzer|utilisateur|usuario|microsoft|office|windows|author|owner|scan\w*|printer|desk|"
    r"newsroom|redaktion|editor|unknown|default|guest|test|word|apple|mac(?:book|intosh)?|hp|dell|lenovo|acer|asus|pc|"
    r"laptop|computer|secretary|python-docx)\b|пользователь|администратор|[\d@_/\\]",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"microsoft (?:office )?word\b.*|.*\.(?:docx?|rtf|odt|pdf|indd|txt|tex|dotx?)|\S*[_\d]\S*|powerpoint.*|untitled.*|"
    r"word document|(?:document|dokument|documento|unbenannt|sans titre|sin título|senza titolo|документ|title|titel|"
    r"titre|presentation|template|vorlage|normal|blank|new|neu|draft|entwurf|scan|text)[\s_-]*\d*",
    re.IGNORECASE,
)
MAX_NAMES = 150
"""Characters of a line of names."""


def names(line: str) -> str:
    """Return the names in a line that begins as "By Tove Brandt" does; "" if it is none, as "By Monday the …"."""
    text = " ".join(_MAIL.sub("", line).split())
    opening = _BY.match(text)
    if opening is None or len(text) > MAX_NAMES or text.endswith((".", "!", "?", "…", ":")):
        return ""
    found = _ROLE.sub("", text[opening.end() :]).strip(" ,;|")
    return found if are_names(found) else ""


def credited(field: str) -> str:
    """Return the names in a field that is said to hold them, such as "By Karl Dorn" below BYLINE."""
    text = " ".join(_MAIL.sub("", field).split())
    text = _ENGLISH_BY.sub("", text, count=1) if _ENGLISH_BY.match(text) else text
    opening = _BY.match(text)
    if opening and text[opening.end() :].count(" ") and are_names(text[opening.end() :]):
        text = text[opening.end() :]  # "Von Karl Dorn", and not "Von Trapp"
    return _ROLE.sub("", text).strip(" ,;|")


def person(stated: str) -> str:
    """Return the name of an author that properties state; "" if it is a user's, a machine's or an office's."""
    text = " ".join(stated.split())
    return text if " " in text and are_names(text) and not _NO_PERSON.search(text) else ""


def headline(stated: str) -> str:
    """Return the title that properties state; "" if it is a file's name or what a program put there."""
    text = " ".join(stated.split())
    return "" if _NO_TITLE.fullmatch(text) else text


def are_names(text: str) -> bool:
    """Return whether each word may be one of a name: with a capital, in a script without them, or between names."""
    words, between = re.split(r"[\s,;|]+", text), _BETWEEN.split()
    named = [word for word in words if word and word.lower() not in between]
    return bool(named) and all(word[0].isalpha() and not word[0].islower() for word in named) and len(words) <= 16
