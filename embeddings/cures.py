"""What to do about what is amiss, as messages say it in several places."""

import shlex

DEFAULT_FOLDER = ".pressmark"
"""Where an archive lies if nothing else is said."""


def make_archive(place: object) -> str:
    """Return how to make an archive that is not there, in the place where it was looked for."""
    option = "" if str(place) == DEFAULT_FOLDER else f" --archive {shlex.quote(str(place))}"
    return f"make one with: pressmark index PATH...{option}"
