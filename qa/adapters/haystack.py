"""A Haystack component: passages as documents, and answers with their offsets."""

import os
from typing import TYPE_CHECKING, Any

from embeddings.types import Filter
from qa.adapters.places import place_of
from qa.render import article_to_json, attribution_to_json, said_by

if TYPE_CHECKING:
    from qa.pipeline import Pipeline


def asker(pipeline: "Pipeline", *, k: int | None = None, only: Filter | None = None) -> Any:
    """Return a component that answers a `query`; it needs `pip install 'pressmark[haystack]'`.

    It gives `answers`, each an ExtractedAnswer whose `document_offset` is in its document, and `documents`, passages
    that were looked through, with the place in their article as `start` and `end`. Haystack's telemetry is turned off.
    """
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # else it tells its makers of every pipeline that runs
    from haystack import Document, ExtractedAnswer, component
    from haystack.telemetry import _telemetry

    _telemetry.telemetry = None  # it was imported before, and has looked at the environment then

    def document(span: Any, score: float | None = None) -> Document:
        meta = {**article_to_json(span.article), **place_of(span)}
        return Document(id=f"{span.article.id}@{span.start}-{span.end}", content=span.text, meta=meta, score=score)

    def answered(question: str, answer: Any) -> ExtractedAnswer:
        sentence = answer.sentence
        place = ExtractedAnswer.Span(answer.start - sentence.start, answer.end - sentence.start)
        return ExtractedAnswer(
            query=question,
            score=answer.confidence,
            data=answer.text,
            document=document(sentence),
            document_offset=place,
            meta={
                **place_of(answer),
                "said_by": said_by(answer),
                "attribution": attribution_to_json(answer.attribution),
            },
        )

    @component
    class PressmarkAsker:
        """Answers questions with quotations from a news archive."""

        @component.output_types(answers=list[ExtractedAnswer], documents=list[Document])
        def run(self, query: str) -> dict[str, Any]:
            prediction = pipeline.ask(query, k=k, only=only or Filter())
            return {
                "answers": [answered(prediction.question, answer) for answer in prediction.answers],
                "documents": [document(hit.passage, hit.score) for hit in prediction.hits],
            }

    return PressmarkAsker()
