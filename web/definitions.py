"""What is asked and answered: each definition checks it, and is told in the endpoint's document as it stands."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Known:
    """What a check must know beside the value: what is in the archive, and whether it stands in an address, as text."""

    outlets: Callable[[], Collection[str]]
    """The names of all outlets."""

    articles: Callable[[Sequence[str]], Collection[str]]
    """Those of some ids that are an article's."""

    in_address: bool


class Definition(BaseModel):
    """An object with these fields and no others; none is of another type than it says."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def names_of(definition: type[BaseModel]) -> list[str]:
    """Return the names of a definition's fields, as they are sent."""
    return [field.alias or name for name, field in definition.model_fields.items()]


def repeatable(definition: type[BaseModel]) -> set[str]:
    """Return the names of the fields that may have several values in an address."""
    fields: dict[str, Any] = definition.model_json_schema().get("properties", {})
    return {name for name, told in fields.items() if any(each.get("type") == "array" for each in told.get("anyOf", ()))}
