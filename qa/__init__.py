"""Question to answers, each a verbatim span of an article: knows nothing of HTTP.

`Pipeline.from_settings(Settings.from_env()).ask(question)` returns a `Prediction` with its `Answer`s.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.pipeline import Pipeline
    from qa.settings import Settings
    from qa.types import Answer, Prediction
else:

    def __getattr__(name: str) -> object:
        """Return a public name; what it needs is loaded when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)


__all__ = ["Answer", "Pipeline", "Prediction", "Settings"]

_MODULES = {"Answer": "qa.types", "Pipeline": "qa.pipeline", "Prediction": "qa.types", "Settings": "qa.settings"}
