"""Names of elements and attributes in the parts of a .docx."""

WORDS = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""The name spaces of WordprocessingML: as Word writes it, and in its strict form."""

RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
"""The name spaces of references to other parts, with which the kinds of relations begin, too."""

_MATHS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PREFIXES = {
    **dict.fromkeys(WORDS, ""),
    **dict.fromkeys(_MATHS, "m:"),
    _COMPATIBLE: "mc:",
}
_OFF = ("0", "false", "off")


def short(name: str) -> str:
    """Return an element's name: of WordprocessingML alone, with "m:" of a formula, "mc:" of alternatives, else "?"."""
    space, _, local = name.rpartition("}")
    return _PREFIXES[space] + local if space in _PREFIXES else "?"


def value(attributes: dict[str, str], name: str = "val") -> str:
    """Return an attribute of WordprocessingML; "" if it is not there."""
    return next((attributes[key] for space in WORDS if (key := f"{space}}}{name}") in attributes), "")


def is_on(attributes: dict[str, str]) -> bool:
    """Return whether an element such as <w:vanish/> says yes."""
    return value(attributes) not in _OFF


def relation(attributes: dict[str, str]) -> str:
    """Return the id of the part that an element refers to; "" if it refers to none."""
    return next((attributes[key] for space in RELATIONS if (key := f"{space}}}id") in attributes), "")
