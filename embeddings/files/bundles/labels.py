"""What LexisNexis and Nexis call the fields around an article, in the languages that they deliver in."""

import re

HEAD = {
    "byline": "byline author autor autoren auteur autore door verfasser",
    "title": "headline titel titre título titolo schlagzeile",
    "lead": "highlight encart",
    "length": "length länge longueur longitud extensión lunghezza lengte comprimento extensão",
    "body": "body text volltext corps cuerpo corpo",
    "": "section rubrik rubrique sección sezione rubriek seção dateline series serie columna column source quelle "
    "ressort pub-date publication-date day-date journal zeitung cosection page pages seite",
}  # fmt: skip
"""Above the text, by what it is to an article: "" is nothing."""

_BELOW = (
    "load-date update date-chargement fecha-carga data-caricamento laad-datum upload-datum data-carregamento "
    "graphic grafik graphique gráfico grafico grafiek notes correction correction-date url"
)
TAIL = frozenset(_BELOW.split())
"""Below the text, also before what follows "Classification"."""

_CLASSES = (
    "language sprache langue idioma lingua taal linguagem publication-type type-publication publikationstyp "
    "zeitungstyp tipo-publicación tipo-pubblicazione publicatietype pub-type document-type type journal-code "
    "journal code code-revue zeitschriften-code subject sujet thema fachgebiet asunto oggetto onderwerp company "
    "firma société societe empresa organization organisation ticker symbole-boursier industry branche industria "
    "secteur-activite activity-sector person personne persona geographic geo-localization localisation-geo "
    "geographie city state country name names issn distribution acc-no accession-no print-media doctype facility "
    "product event copyright dateline legal-citation webblog-url"
)
CLASSES = frozenset(_CLASSES.split())
"""Codes that the deliverer gave the article, below the text."""

_ROLES = {label: role for role, labels in HEAD.items() for label in labels.split()}
_LABEL = re.compile(r"([^\W\d_][^\W\d_ -]*(?:[ -][^\W\d_]+){0,3}):(?:\s+(.*))?\Z", re.DOTALL)
_LENGTH = re.compile(
    r"[\d.,\s]{1,9}\s?(?:words?|wörter|wort|mots?|palabras|parole|palavras|woorden|слов\w?|ord|字)", re.IGNORECASE
)
_COPYRIGHT = re.compile(
    r"\s*(?:copyright\b|\(c\)|©|all rights reserved|alle rechte vorbehalten|tous droits)", re.IGNORECASE
)


def label(text: str) -> tuple[str, str]:
    """Return the name, in small letters, and the value of a line such as "LENGTH: 58 words"; "" and "" for another."""
    match = _LABEL.match(text.strip())
    return ("", "") if match is None else (match[1].lower().replace(" ", "-"), " ".join((match[2] or "").split()))


def role(name: str) -> str | None:
    """Return what a field above the text is to the article, "" for nothing; None if it is no such field."""
    return _ROLES.get(name)


def is_length(text: str) -> bool:
    """Return whether a text says how many words an article has, and nothing else."""
    return _LENGTH.fullmatch(text.strip()) is not None


def is_copyright(text: str) -> bool:
    """Return whether a line says whose the article is."""
    return _COPYRIGHT.match(text) is not None
