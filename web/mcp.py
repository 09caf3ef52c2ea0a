"""For agents: tools over the Model Context Protocol, whose results are quotations with their place."""

from typing import TYPE_CHECKING, Any

from embeddings.types import Filter
from qa.absence import absence_of
from qa.render import article_to_json, prediction_to_json
from qa.searching import find
from web.span_links import span_path
from web.tokens import Tokens

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from qa.pipeline import Pipeline

SAYS = (
    "Quotations from a news archive. What these tools return is who wrote what, where and when: quote it verbatim with "
    "outlet, date and link, say that the outlet claims it, and claim nothing about the world that is not in it. If "
    "there is no answer, say that this archive does not answer the question."
)

MOST_TEXT = 20_000
"""Characters of an article that are read at once."""


def server(pipeline: "Pipeline", version: str) -> "MCPServer[Any]":
    """Return a server with the tools ask, search and read_article; it needs `pip install 'pressmark[mcp]'`."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    made = MCPServer("pressmark", instructions=SAYS, version=version, log_level="WARNING")

    @made.tool(description=f"Answer a question with verbatim spans of articles. {SAYS}")
    def ask(question: str) -> dict[str, Any]:
        try:
            prediction = pipeline.ask(question)
        except ValueError as error:
            raise ToolError(str(error)) from error
        return prediction_to_json(prediction, absence_of(pipeline, prediction, Filter()), span_path)

    @made.tool(description=f"Find passages of articles for a question or words; none is read for an answer. {SAYS}")
    def search(question: str, k: int = 10) -> dict[str, Any]:
        try:
            found = find(pipeline.archive, question, k, Filter(), pipeline.settings)
        except ValueError as error:
            raise ToolError(str(error)) from error
        return {"passages": [_passage(hit.passage) for hit in found.hits]}

    @made.tool(description=f"Read an article by its id, {MOST_TEXT:,} characters from a place on. {SAYS}")
    def read_article(article_id: str, start: int = 0) -> dict[str, Any]:
        try:
            article = pipeline.archive.store.article(article_id)
        except KeyError as error:
            raise ToolError(f"this archive has no article {article_id[:200]!r}; search gives ids") from error
        begin = max(0, start)
        text = article.text[begin : begin + MOST_TEXT]
        return {**article_to_json(article), "start": begin, "end": begin + len(text), "text": text}

    return made


def guarded(app: Any, tokens: Tokens) -> Any:
    """Return an ASGI application that answers as another one does, to who sends a token."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            sent = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            kind, _, secret = sent.partition(" ")
            if kind.lower() != "bearer" or tokens.find(secret.strip()) is None:
                headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b"Send a token as Authorization: Bearer TOKEN."})
                return
        await app(scope, receive, send)

    return answer


def _passage(passage: Any) -> dict[str, Any]:
    place = {"start": passage.start, "end": passage.end, "text": passage.text, "href": span_path(passage)}
    return {**place, "article": article_to_json(passage.article)}
