"""A LangChain retriever: passages as documents, with where they stand in their article."""

from typing import TYPE_CHECKING

from embeddings.types import Filter, Hit
from qa.adapters.places import place_of
from qa.render import article_to_json
from qa.searching import find

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from qa.pipeline import Pipeline


def retriever(pipeline: "Pipeline", *, k: int | None = None, only: Filter | None = None) -> "BaseRetriever":
    """Return a retriever over the pipeline's archive; it needs `pip install 'pressmark[langchain]'`.

    The metadata of each document are its article's id, title, date, outlet, byline and link, `start` and `end`, the
    half-open character range in the article's text, the `hash` of its words, its `page` in a PDF, `rank`, from 1, and
    `score`, in [0, 1]. `invoke(query, k=3)` goes before the k given here.
    """
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class PressmarkRetriever(BaseRetriever):
        """Finds passages of a news archive."""

        def _get_relevant_documents(
            self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = k
        ) -> list[Document]:
            del run_manager  # nothing of ours reports to it
            found = find(pipeline.archive, query, k, only or Filter(), pipeline.settings)
            return [Document(hit.passage.text, id=hit.passage.id, metadata=_metadata(hit)) for hit in found.hits]

    def _metadata(hit: Hit) -> dict[str, object]:
        passage = hit.passage
        return {**article_to_json(passage.article), **place_of(passage), "rank": hit.rank, "score": hit.score}

    return PressmarkRetriever()
