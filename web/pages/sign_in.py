"""Signing in: a token, once typed, goes with every page in a cookie that no script reads."""

from flask import redirect, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from web.access import COOKIE, current_access


def sign_in() -> str | tuple[str, int] | Response:
    """Ask for a token; if one is sent, remember it and go on to where it was asked for. Raises NotFound."""
    tokens = current_access().tokens
    if tokens is None:
        raise NotFound("This server wants no token.")
    to = _own_path(request.values.get("next", "/"))
    if request.method == "GET":
        return render_template("sign_in.html", next=to, problem="")
    secret = request.form.get("token", "").strip()
    if tokens.find(secret) is None:
        problem = "That is no token of this server; ask whoever keeps it for one"
        return render_template("sign_in.html", next=to, problem=problem), 401
    response = redirect(to, 303)
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def sign_out() -> Response:
    """Forget the token, and ask for another one."""
    response = redirect("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def _own_path(text: str) -> str:
    """Return a path on this server; "/" for anything that a browser would take for another server's address."""
    plain = text.isprintable() and "\\" not in text
    return text if plain and text.startswith("/") and not text.startswith("//") else "/"
