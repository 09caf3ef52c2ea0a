"""What is refused, as JSON: RFC 9457."""

from web.definitions import Definition


class FieldProblem(Definition):
    """What is wrong with one field."""

    field: str
    """Its name, as it is sent."""

    detail: str
    """What is wrong with it, its value, and the cure."""


class Problem(Definition):
    """What was refused, and why: RFC 9457."""

    type: str
    """"about:blank": the status says what kind of problem it is."""

    title: str
    """The status in words."""

    status: int
    """The status."""

    detail: str | None
    """What is wrong, and the cure."""

    errors: list[FieldProblem]
    """The wrong fields, one by one."""
