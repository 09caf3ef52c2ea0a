"""What a reader is given in front of a passage: the heading of its article."""

END = " ·\n"
"""What ends a heading: a sign that headings hold, too, so that a reader knows it, and a line's end."""


def before_passage(heading: str) -> str:
    """Return the characters in front of a passage whose article has this heading, none for an empty one."""
    return heading + END if heading else ""
