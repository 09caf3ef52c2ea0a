"""Who may ask: tokens, cookies, origins and rates, for the page as for the endpoint."""

import json
import logging
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from web.access import Access, rate_of
from web.commands import main
from web.tokens import Rights, Tokens, make_token, read_tokens, revoke_token
from web_fakes import FakePipeline, app_over, signed_prediction

ASK = "/api/v1/ask?question=Who"


class Team:
    """A server with two tokens, and a client without any."""

    def __init__(self, folder: Path, **access: object) -> None:
        self.file = folder / "tokens.json"
        self.read = make_token(self.file, "desk", Rights.READ)
        self.write = make_token(self.file, "importer", Rights.WRITE)
        self.pipeline = FakePipeline(signed_prediction())
        tokens = Tokens(self.file)
        self.app = app_over(self.pipeline, ACCESS=Access(tokens, **access))  # type: ignore[arg-type]

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    "path", [ASK, "/api/v1/openapi.json", "/api/v1/", "/", "/articles/wire-7", "/nowhere", "/metrics"]
)
def test_without_a_token_nothing_is_shown(team: Team, path: str) -> None:
    response = team.client.get(path)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "memorandum" not in response.text
    assert team.pipeline.asked == []


@pytest.mark.parametrize("path", ["/api/v1/health", "/static/style.css", "/sign-in"])
def test_without_a_token_one_sees_that_the_server_lives(team: Team, path: str) -> None:
    with team.client.get(path) as response:
        assert response.status_code == 200


def test_a_token_opens_the_endpoint(team: Team) -> None:
    assert team.client.get(ASK, headers=bearer(team.read)).status_code == 200
    problem = team.client.get(ASK).get_json()
    assert "This server wants a token; send one as the header Authorization: Bearer TOKEN" in problem["detail"]


@pytest.mark.parametrize("secret", ["x", "pressmark_", "\xe9", "x" * 9_000])
@pytest.mark.parametrize("by", ["header", "cookie"])
def test_a_token_of_another_server_is_refused(team: Team, secret: str, by: str) -> None:
    sent = {"Authorization": f"Bearer {secret}"} if by == "header" else {"Cookie": f"pressmark={secret}"}
    response = team.app.test_client(use_cookies=False).get(ASK, headers=sent)
    assert response.status_code == 401
    assert "is none of this server's" in response.get_json()["detail"]
    assert len(response.data) < 1_000


def test_a_revoked_token_is_refused_at_once_and_a_new_one_taken(team: Team) -> None:
    revoke_token(team.file, "desk")
    assert team.client.get(ASK, headers=bearer(team.read)).status_code == 401
    assert team.client.get(ASK, headers=bearer(make_token(team.file, "desk", Rights.READ))).status_code == 200


def test_a_token_that_is_revoked_in_mid_batch_gets_no_further_answer(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = FakePipeline.ask

    def ask_and_revoke(self: FakePipeline, *args: object, **kwargs: object) -> object:
        if len(self.asked) == 1:
            revoke_token(team.file, "desk")
        return ask(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(FakePipeline, "ask", ask_and_revoke)
    body = {"questions": [{"question": f"Who {n}?"} for n in range(5)]}
    assert team.client.post("/api/v1/ask", json=body, headers=bearer(team.read)).status_code == 401
    assert len(team.pipeline.asked) == 2


def test_tokens_that_cannot_be_read_let_nobody_in(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    team.file.write_text("{")
    with caplog.at_level(logging.WARNING):
        assert team.client.get(ASK, headers=bearer(team.read)).status_code == 401
    assert "nobody is let in" in caplog.text
    assert team.read not in caplog.text


def test_the_file_has_no_token_in_it_and_is_its_owner_s(team: Team) -> None:
    text = team.file.read_text(encoding="utf-8")
    assert team.read not in text
    assert team.write not in text
    assert [(token.name, token.rights) for token in read_tokens(team.file)] == [("desk", "read"), ("importer", "write")]
    assert stat.S_IMODE(team.file.stat().st_mode) == 0o600


def test_a_browser_signs_in_with_a_form_and_goes_on_to_where_it_was(team: Team) -> None:
    client = team.client
    page = client.get("/?q=Who")
    assert page.status_code == 401
    assert 'name="next" value="/?q=Who"' in page.text
    response = client.post("/sign-in", data={"token": team.read, "next": "/?q=Who"})
    assert (response.status_code, response.headers["Location"]) == (303, "/?q=Who")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/?q=Who").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/?q=Who").status_code == 401


@pytest.mark.parametrize(
    "to", ["https://example.org/", "//example.org", "/\\example.org", "\\\\x", "/\tx", "javascript:x"]
)
def test_signing_in_leads_to_no_other_server(team: Team, to: str) -> None:
    response = team.client.post("/sign-in", data={"token": team.read, "next": to})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/", "/archive", "/sheet", "/sign-in"])
def test_the_form_for_a_token_is_no_other_page(team: Team, path: str) -> None:
    page = team.client.get(path).text
    assert "<h1>Sign in</h1>" in page
    assert "aria-current" not in page


def test_a_wrong_token_in_the_form_is_told(team: Team) -> None:
    response = team.client.post("/sign-in", data={"token": "wrong"})
    assert response.status_code == 401
    assert "That is no token of this server; ask whoever keeps it for one." in response.text


def test_signing_in_where_no_token_is_wanted_is_not_offered() -> None:
    assert app_over(FakePipeline()).test_client().get("/sign-in").status_code == 404


def test_a_feed_takes_a_token_in_its_address_that_may_only_read(team: Team) -> None:
    client = team.client
    assert client.get(f"/feed.atom?token={team.read}&q=Who").status_code != 401
    refused = client.get(f"/feed.atom?token={team.write}&q=Who")
    assert refused.status_code == 401
    assert "A token in an address is seen by many; send one there that may only read." in refused.text
    assert "token-problem" not in client.get("/feed.atom?q=Who").text
    assert client.post(f"/feedback?token={team.read}").status_code == 401
    assert client.get(f"/?token={team.read}&q=Who").status_code == 401


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://localhost:8001", "http://[", ""])
def test_a_page_of_another_origin_may_send_nothing(origin: str) -> None:
    client = app_over(FakePipeline()).test_client()
    response = client.post("/api/v1/ask", json={"question": "Who?"}, headers={"Origin": origin})
    assert response.status_code == 403
    assert "may send nothing here; name it with --cors" in response.get_json()["detail"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_own_pages_may_send(scheme: str) -> None:
    client = app_over(FakePipeline()).test_client()
    headers = {"Origin": f"{scheme}://localhost"}
    assert client.post("/api/v1/ask", json={"question": "Who?"}, headers=headers).status_code == 200


def test_a_named_origin_may_ask_and_others_are_told_nothing(tmp_path: Path) -> None:
    client = Team(tmp_path, origins={"https://desk.example"}).client
    asked = client.options("/api/v1/ask", headers={"Origin": "https://desk.example"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "https://desk.example"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert asked.headers["Vary"] == "Origin"
    other = client.options("/api/v1/ask", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Credentials" not in asked.headers


DESK = "https://desk.example"


def test_a_page_of_a_named_origin_asks_and_can_read_why_it_is_refused(tmp_path: Path) -> None:
    team = Team(tmp_path, origins={DESK}, rate=rate_of("2/minute"))
    body, sent = {"question": "Who?"}, {"Origin": DESK, **bearer(team.read)}
    answers = [team.client.post("/api/v1/ask", json=each, headers=sent) for each in (body, {}, body)]
    answers.append(team.client.post("/api/v1/ask", json=body, headers={"Origin": DESK}))
    assert [answer.status_code for answer in answers] == [200, 400, 429, 401]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {DESK}
    assert "Retry-After" in answers[2].headers["Access-Control-Expose-Headers"]
    assert int(answers[2].headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/", "/sign-out", "/feedback"])
def test_a_named_origin_reads_no_page(tmp_path: Path, path: str) -> None:
    team = Team(tmp_path, origins={DESK})
    response = team.client.get(path, headers={"Origin": DESK, **bearer(team.read)})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_without_named_origins_nothing_is_said_of_any() -> None:
    response = app_over(FakePipeline()).test_client().get(ASK, headers={"Origin": "https://desk.example"})
    assert [name for name in response.headers.keys() if name.startswith("Access-Control")] == []  # noqa: SIM118


def test_more_than_the_rate_is_told_how_long_to_wait() -> None:
    client = app_over(FakePipeline(), ACCESS=Access(rate=rate_of("3/minute"))).test_client()
    assert [client.get(ASK).status_code for _ in range(4)] == [200, 200, 200, 429]
    response = client.get(ASK)
    assert 1 <= int(response.headers["Retry-After"]) <= 121
    assert "at most 3 questions and requests a minute are answered; wait" in response.get_json()["detail"]
    assert client.get("/api/v1/health").status_code == 200


def test_a_batch_counts_as_its_questions() -> None:
    client = app_over(FakePipeline(), ACCESS=Access(rate=rate_of("5/minute"))).test_client()
    body = {"questions": [{"question": "Who?"}] * 4}
    assert [client.post("/api/v1/ask", json=body).status_code for _ in range(2)] == [200, 429]
    larger = client.post("/api/v1/ask", json={"questions": [{"question": "Who?"}] * 9})
    assert larger.status_code == 429


def test_each_token_has_its_own_rate(tmp_path: Path) -> None:
    team = Team(tmp_path, rate=rate_of("1/minute"))
    for secret in (team.read, team.write):
        assert [team.client.get(ASK, headers=bearer(secret)).status_code for _ in range(2)] == [200, 429]


# --- commands ---------------------------------------------------------------------------------------------------------


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.stdout, done.stderr


def test_tokens_are_made_named_and_revoked(tmp_path: Path) -> None:
    file = str(tmp_path / "tokens.json")
    status, secret, _ = run("token", "make", "desk", "--tokens", file)
    assert (status, secret.startswith("pressmark_"), len(secret.strip())) == (0, True, 53)
    found = Tokens(Path(file)).find(secret.strip())
    assert found is not None
    assert (found.name, found.rights) == ("desk", Rights.READ)
    assert run("token", "make", "desk", "--tokens", file)[0] == 2
    assert run("token", "make", "importer", "--write", "--tokens", file)[0] == 0
    assert [line.split("\t")[:2] for line in run("token", "list", "--tokens", file)[1].splitlines()] == [
        ["desk", "read"],
        ["importer", "write"],
    ]
    assert run("token", "revoke", "desk", "--tokens", file)[:2] == (0, "desk is revoked\n")
    assert run("token", "revoke", "desk", "--tokens", file)[0] == 1
    assert len(json.loads(Path(file).read_text(encoding="utf-8"))["tokens"]) == 1


@pytest.mark.parametrize("text", ["", "{}", '{"tokens": [1]}', '{"tokens": [{"name": "a", "rights": "all"}]}'])
def test_a_file_that_is_none_of_tokens_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="is no file of tokens; make one with"):
        Tokens(file)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "on 0.0.0.0 anybody on the network may ask: say who may with --tokens FILE"),
        (["--tokens", "none.json"], "no file none.json; make it with: pressmark token make NAME --tokens none.json\n"),
        (["--tokens", "TOKENS", "--public"], "--public is for everybody, --tokens for those who have one; give one"),
        (["--rate", "often", "--host", "0.0.0.0"], "'often' is no rate; write one such as 300/minute"),
        (["--cors", "desk.example"], "--cors 'desk.example' is no origin; write one such as https://"),
    ],
)
def test_serve_refuses_to_start(options: list[str], said: str, tmp_path: Path) -> None:
    make_token(tmp_path / "tokens.json", "desk", Rights.READ)
    options = [str(tmp_path / "tokens.json") if each == "TOKENS" else each for each in options]
    status, stdout, stderr = run("serve", "--archive", str(tmp_path / "archive"), *options)
    assert status in {1, 2}
    assert stdout == ""
    assert said in stderr


def test_serve_refuses_a_file_without_a_token(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    make_token(file, "desk", Rights.READ)
    revoke_token(file, "desk")
    assert "there is no token in" in run("serve", "--tokens", str(file))[2]
