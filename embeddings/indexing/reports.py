"""What became of all that was found."""

from collections import Counter
from dataclasses import dataclass, field

from embeddings.files.pieces import Unread


@dataclass
class IndexReport:
    """What became of everything that was found, counted in articles, and what could not be read.

    `replaced` are those of the changed ones that left for a newer version from elsewhere, `older` the versions that
    were left out for a newer one, and `joined` the stored articles that turned out to be versions of others. `alike`
    are versions of an article only because they are alike, and `doubtful` have pages whose order could not be told.
    `notes` count what is to be known of what was read. `withdrawn` are stored articles that are not shown any more,
    since their newsrooms took them back. `waiting` are files that are being written to and were left as they were, and
    `absent` folders whose articles were kept although no file is there.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unread: list[Unread] = field(default_factory=list)
    removed: int = 0
    replaced: int = 0
    older: list[Unread] = field(default_factory=list)
    joined: int = 0
    withdrawn: int = 0
    alike: list[Unread] = field(default_factory=list)
    doubtful: list[Unread] = field(default_factory=list, compare=False)
    notes: Counter[str] = field(default_factory=Counter, compare=False)
    waiting: list[Unread] = field(default_factory=list, compare=False)
    absent: list[Unread] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many articles the paths hold."""
        return self.added + self.changed + self.unchanged + len(self.older)
