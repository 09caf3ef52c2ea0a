"""What a compound file is, in which old Office keeps its files, and new Office those with a password; none is read."""

from embeddings.files.contents import SAMPLE, Content

_STREAMS = {
    "EncryptedPackage": "encrypted with a password; open it in a word processor and save it without",
    "WordDocument": "a file of Word as it was before 2007, which is not read; save it as .docx",
    "Workbook": "a table of Excel as it was before 2007, which is not read; save it as .csv",
    "PowerPoint Document": "a presentation of PowerPoint, which is not read; save its text as .docx or .txt",
    "__properties_version1.0": "a mail of Outlook, which is not read; save it as .eml or .txt",
}
"""What a file is in which a stream has this name, and the cure."""


def what_compound(content: Content) -> str:
    """Return what a compound file is, by the names of the streams in it."""
    marks = {name: name.encode("utf-16-le") for name in _STREAMS}
    before = b""
    found: set[str] = set()
    while data := content.stream.read(SAMPLE):
        found |= {name for name, mark in marks.items() if mark in before + data}
        before = data[-100:]
    return next(
        (what for name, what in _STREAMS.items() if name in found),
        "an old Office or Outlook file, which is not read; save it as .docx or .txt",
    )
