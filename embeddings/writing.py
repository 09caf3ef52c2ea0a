"""Files written whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, *parts: bytes) -> None:
    """Write the parts to a file, one after the other; a crash or a full disk leaves what was there before."""
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
