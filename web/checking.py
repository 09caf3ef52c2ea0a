"""A request against its definition: what was asked, or all of its wrong fields together, each with the cure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from web.definitions import Definition, Known, names_of, repeatable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

TYPES_IN_WORDS: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    float: "a fraction",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}

_WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
}
"""What is to be sent instead, by pydantic's name of the error."""

MOST_ERRORS = 50
"""Wrong fields that are named, at most; a batch may have thousands."""

SHOWN_NAME = 100
"""Characters of a field's name that are shown."""

T = TypeVar("T", bound=Definition)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a request, and the cure."""

    field: str
    detail: str


class InvalidFieldsError(ValueError):
    """A request has wrong fields: `errors` holds one for each of them, the first MOST_ERRORS.

    `without` is the path of the same page without these fields, if there is one.
    """

    def __init__(self, errors: Iterable[FieldError], status: int = 400, without: str = "") -> None:
        self.status = status
        self.without = without
        self.errors = tuple(errors)[:MOST_ERRORS]
        super().__init__("; ".join(f"{error.field}: {error.detail}" for error in self.errors))


def checked(definition: type[T], values: object, known: Known, noted: Mapping[str, str] | None = None) -> T:
    """Return what was asked; `noted` is what is wrong already, by field.

    Raises:
        InvalidFieldsError: with every field that is wrong.
    """
    errors = dict(noted or {})
    try:
        asked = definition.model_validate(values, context=known)
    except ValidationError as error:
        for wrong in error.errors(include_url=False):
            errors.setdefault(_name(wrong), _said(wrong, definition))
        raise InvalidFieldsError(_listed(errors)) from error
    if errors:
        raise InvalidFieldsError(_listed(errors))
    return asked


def from_address(definition: type[T], args: MultiDict[str, str], known: Known) -> T:
    """Return what an address asks; of a field, blank is the same as absent.

    Raises:
        InvalidFieldsError: with every field that is wrong, unknown, or given more than once.
    """
    several = repeatable(definition)
    return checked(definition, given(args, several), known, repeated(args, several))


def check_none(args: MultiDict[str, str]) -> None:
    """Raise InvalidFieldsError if an address gives anything, where there is nothing to be given."""
    if args:
        raise InvalidFieldsError(
            FieldError(name[:SHOWN_NAME], f"there is no field {name[:SHOWN_NAME]!r}; {fields_in_words(())}")
            for name in args
        )


def given(args: MultiDict[str, str], several: Collection[str]) -> dict[str, str | list[str]]:
    """Return what an address gives: a list for the names that may have several values."""
    return {name: values if name in several else values[0] for name, values in args.lists()}


def repeated(args: MultiDict[str, str], several: Collection[str]) -> dict[str, str]:
    """Return what is to be said of names that are given more than once, though they have one value."""
    return {
        name: f"{name[:40]} is given {len(values)} times; give it once"
        for name, values in args.lists()
        if len(values) > 1 and name not in several
    }


def _listed(errors: Mapping[str, str]) -> Iterator[FieldError]:
    return (FieldError(field[:SHOWN_NAME], detail) for field, detail in errors.items())


def _name(wrong: "ErrorDetails") -> str:
    """Return a field's name as it is sent: "questions[3].k"."""
    told = wrong.get("ctx", {}).get("field")
    path = [*wrong["loc"][:-1], told] if told else wrong["loc"]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _said(wrong: "ErrorDetails", definition: type[Definition]) -> str:
    """Return what is wrong with a field, and the cure."""
    name, kind, given = _name(wrong)[:SHOWN_NAME], wrong["type"], wrong["input"]
    if kind in {"value_error", "wrong"}:
        return str(wrong["ctx"].get("error", wrong["msg"]))
    if kind == "missing":
        field = _owner(definition, wrong["loc"]).model_fields[str(wrong["loc"][-1])]
        return f"{name} is missing; send it, such as: {(field.examples or ['…'])[0]}"
    if kind == "extra_forbidden":
        return f"there is no field {name!r}; {fields_in_words(names_of(_owner(definition, wrong['loc'])))}"
    if kind in {"too_long", "too_short"}:
        return f"{name} holds {wrong['ctx']['actual_length']} items; send {_bounds(wrong)}"
    if kind in _WANTED:
        wanted = "a string or a list of strings" if name in repeatable(definition) else _WANTED[kind]
        return f"{name} is {TYPES_IN_WORDS[type(given)]}; send {wanted}"
    return f"{name}: {wrong['msg']}"


def _bounds(wrong: "ErrorDetails") -> str:
    ctx = wrong["ctx"]
    return f"at least {ctx['min_length']}" if "min_length" in ctx else f"at most {ctx['max_length']}"


def _owner(definition: type[Definition], place: Sequence[int | str]) -> type[Definition]:
    """Return the definition of the object that an unknown field stands in."""
    owner = definition
    for part in place[:-1]:
        if isinstance(part, str) and part in owner.model_fields:
            inner = owner.model_fields[part].annotation
            owner = next((each for each in getattr(inner, "__args__", ()) if _is_definition(each)), owner)
    return owner


def _is_definition(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Definition)


def fields_in_words(names: Sequence[str]) -> str:
    """Return which fields there are: "the fields are from, to"."""
    if not names:
        return "there are no fields here"
    return f"the {'field is' if len(names) == 1 else 'fields are'} {', '.join(names)}"
