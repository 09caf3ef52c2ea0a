"""Pages that are no article although they hold words: they send the reader on, or say that there is nothing."""

import re
from dataclasses import dataclass
from typing import Any

from embeddings.files.drafts import NoArticleError

MOVED_TEXT = 1000
"""Characters of a page that sends its reader on, at most; a longer one is an article that reloads itself."""

MISSING_TEXT = 1500
"""Characters of a page that says that there is none, at most; of one that says so in title and heading 6,000."""

MOVED_SECONDS = 30
"""Seconds after which such a page does so, at most: one that does it later is reloaded, not left."""

_REFRESH = re.compile(r"\s*([0-9]{1,5})(?:\.[0-9]*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?\s*(\S+)", re.IGNORECASE)
_SCRIPT = re.compile(r"\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\(")
_SAYS_MOVED = re.compile(
    r"redirect|click here|moved|taken to|continue to|sent on|weiterg|weiterl|перенаправ", re.IGNORECASE
)
_SEPARATED = re.compile(r"\s+[-–—|:·•»«/]+\s+|\s*\|\s*")
_BETWEEN = re.compile(r"[\s.,:;!?…()\"“”]+")

_NUMBERED = (
    "(?:(?:http|status|error|code|fehler|ошибка|hata|erreur|errore|erro) )*(?:40[0134]|410|50[0234])(?: error| fehler)?"
)
_THING = (
    "(?:the |this |that |your )?(?:requested |web)?(?:page|file|article|story|content|document|url|link|resource|post)"
)
_ASKED = r"(?: (?:you|that|are|were|looking|for|requested|was|could|is|has|can))*"
_ABSENT = "|".join((
    "not(?: be)? found", "cannot be found", "can[’']?t be found", "couldn[’']?t be found", "does not exist",
    "doesn[’']?t exist", "no longer exists?", "no longer available", "is not available", "isn[’']?t available",
    "not available", "unavailable", "missing", "gone",
))  # fmt: skip
_PHRASES = (
    _NUMBERED,
    rf"(?:{_NUMBERED} )?(?:oops |sorry |we[’']?re sorry )?{_THING}{_ASKED} (?:{_ABSENT})",
    rf"(?:{_NUMBERED} )?(?:not found|bad gateway|internal server error)|{_NUMBERED} (?:gone|forbidden|bad request)",
    rf"(?:{_NUMBERED} )?service (?:temporarily )?unavailable",
    "nothing (?:was )?found",
    "(?:we )?(?:can[’']?t|cannot|couldn[’']?t|could not) find (?:that|the|this) page",
    "access denied|just a moment|attention required|are you (?:a robot|human)|under maintenance",
    "(?:die )?seite (?:wurde )?nicht (?:gefunden|verfügbar)|(?:die )?seite existiert nicht",
    "page introuvable|page non trouvée",
    "p[áa]gina n(?:o|ão) (?:encontrada|existe)|pagina non trovata|pagina niet gevonden",
    "страница не (?:найдена|существует)|документ не найден|сторінк[ау] не знайден[ао]",
    "(?:aradığınız )?sayfa bulunamadı|səhifə tapılmadı|الصفحة غير موجودة",
    "nie znaleziono strony|strona nie (?:istnieje|została znaleziona)|stránka nen(?:alezena|ájdená)",
    "sidan (?:hittades|finns) inte|siden (?:ble ikke funnet|blev ikke fundet|findes ikke|finnes ikke)",
)
_MISSING = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES))


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page shows of itself: whether it is left at once, by itself or by a script; its title, its heading."""

    refreshes: bool
    has_script: bool
    title: str
    heading: str

    @classmethod
    def of(cls, tree: Any) -> "Signs":
        """Return the signs of a page."""
        marks = [mark for mark in tree.iter("meta") if str(mark.get("http-equiv", "")).strip().lower() == "refresh"]
        scripts = " ".join(script.text or "" for script in tree.iter("script"))
        return cls(
            any(_leaves(str(mark.get("content", ""))) for mark in marks),
            _SCRIPT.search(scripts) is not None,
            _first(tree, "title"),
            _first(tree, "h1"),
        )

    def check(self, text: str) -> None:
        """Raise NoArticleError if a page with this text is no article."""
        if len(text) <= MOVED_TEXT:
            moves = self.has_script and _SAYS_MOVED.search(f"{self.title} {text}") is not None
            if self.refreshes or moves:
                raise NoArticleError("is a page that only sends its reader on", "that only send the reader on")
        said = [any(map(_is_missing, _SEPARATED.split(words))) for words in (self.title, self.heading)]
        if any(said) and len(text) <= (4 * MISSING_TEXT if all(said) else MISSING_TEXT):
            raise NoArticleError("is a page that says that there is none", "that say that there is no such page")


def _leaves(refresh: str) -> bool:
    """Return whether a page leaves for another within MOVED_SECONDS."""
    match = _REFRESH.match(refresh)
    return match is not None and int(match[1]) <= MOVED_SECONDS


def _is_missing(words: str) -> bool:
    return _MISSING.fullmatch(_BETWEEN.sub(" ", words.lower()).strip()) is not None


def _first(tree: Any, name: str) -> str:
    """Return the words of the first element of a name; "" if there is none."""
    found = next((each for each in tree.iter(name) if isinstance(each.tag, str)), None)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
