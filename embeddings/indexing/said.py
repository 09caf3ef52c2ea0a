"""What a person says of the files that are indexed."""

from dataclasses import dataclass

from embeddings.files.fields.names import USUAL, FieldNames

READING = "5"
"""The way files are read: a change of what is read from a file that has not changed gets another one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of files: what an export calls its fields, what encoding they are in, "" if that is guessed.

    `outlet` is whose articles they hold where these do not say it themselves, `collection` the name of the batch; ""
    for none.
    """

    names: FieldNames = USUAL
    encoding: str = ""
    outlet: str = ""
    collection: str = ""
    recognise: bool = True

    @property
    def reading(self) -> str:
        """What a file is remembered to have been read with."""
        others = {"encoding": self.encoding, "outlet": self.outlet, "collection": self.collection}
        said = [f"{name} {value}" for name, value in others.items() if value]
        return "\n".join([f"{READING} {self.names}".strip(), *said])


NOTHING_SAID = Said()
