"""How sinks connect: addresses, TLS, proxies, plain http, and what peers quote of it."""

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme
from pydantic import SecretStr, ValidationError, model_validator

from python.cloud_sink_base import (
    Batch,
    CloudSinkBase,
    CloudSinkConfig,
    Encoder,
    EndpointUrl,
    HealthError,
    Limits,
    Outcome,
    Paused,
    Record,
    Records,
    Rejected,
    Secret,
    Transient,
    Transport,
    WholeUrl,
    check_url,
    expose,
)
from python.parts import _zstd
from python.parts._codecs import NONE, Codec
from python.parts._connection import Connection, HttpSinkConfig, connection_of, is_loopback
from python.parts._http import (
    HttpClient,
    HttpRequest,
    HttpResponse,
    HttpTransport,
    describe,
    without_path,
)
from python.parts._scrub import scrub
from support import PATIENCE, QUICK, ObjectEncoder, entry, write_all
from support import HttpSinkConfig as HandmadeConfig
from test_parts import answering

URLS = json.loads((Path(__file__).parents[1] / "settings" / "urls.json").read_text("utf-8"))
CANARY = "S3cr3t/canary+value=="
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class WholeConfig(CloudSinkConfig):
    url: WholeUrl = "http://127.0.0.1:1"


class Config(HttpSinkConfig):
    env_prefix = "CONNECTED_SINK_"

    url: EndpointUrl = "http://127.0.0.1:1"
    token: Secret | None = None

    @model_validator(mode="after")
    def _check_addresses(self) -> "Config":
        self.check_plain_http({"url": self.url}, has_credentials=bool(self.token))
        return self


class Sink(CloudSinkBase[Config]):
    name = "connected"
    config_class = Config
    limits = Limits()

    def _make_encoder(self) -> Encoder:
        return ObjectEncoder(HandmadeConfig())

    def _make_transport(self) -> Transport:
        config = self.config
        headers = {"authorization": f"Bearer {expose(config.token)}"} if config.token else {}
        request = HttpRequest("POST", f"{config.url}/in?key={expose(config.token)}", headers)
        return HttpTransport(config, self._encoder, NONE, request, classify)


def classify(response: HttpResponse) -> Outcome:
    return Rejected(describe(response))


# -- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", URLS["taken"])
def test_an_address_is_taken(url: str) -> None:
    assert url.rstrip("/") == check_url(url)


@pytest.mark.parametrize("url", URLS["taken_whole"])
def test_a_whole_address_is_taken_as_it_is(url: str) -> None:
    assert url == WholeConfig(url=url).url


@pytest.mark.parametrize("url", URLS["refused_whole"])
def test_a_whole_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        WholeConfig(url=url)

    for part in ("hunter2", "S3cr3tPart"):
        assert part not in str(raised.value)


@pytest.mark.parametrize("url", URLS["refused"])
def test_an_address_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Config(url=url)

    for part in ("hunter2", "S3cr3tPart", "1234"):
        assert part not in str(raised.value)


def test_the_path_of_the_endpoint_is_taken_off_an_address() -> None:
    assert "http://a/b" == without_path("http://a/b/loki/api/v1/push", "/loki/api/v1/push")
    assert "http://a" == without_path("http://a", "/loki/api/v1/push")


# -- credentials without TLS ---------------------------------------------------------------------


def test_credentials_go_over_plain_http_to_this_machine_only() -> None:
    Config(url="http://loki:3100")
    for url in ("http://127.0.0.1:1", "http://localhost", "http://[::1]:3", "https://loki"):
        Config(url=url, token=SecretStr("t0ken"))

    for url in ("http://loki:3100", "http://10.0.0.1", "http://localhost.example"):
        with pytest.raises(ValidationError, match=r"`url` is `http://` and not on this machine"):
            Config(url=url, token=SecretStr("t0ken"))


def test_a_switch_allows_plain_http_and_the_counters_show_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings: dict[str, Any] = {"token": "t0ken", "dangerously_allow_plain_http": True}
    near = Sink(url="http://127.0.0.1:1", **settings)
    assert not near.stats().credentials_in_clear
    assert "" == capsys.readouterr().err

    far = Sink(url="http://loki:3100", **settings)

    assert far.stats().credentials_in_clear
    assert 1 == capsys.readouterr().err.count("sends credentials unencrypted")


def test_this_machine_is_told_by_address_and_name() -> None:
    assert all(map(is_loopback, ("http://127.8.8.8", "http://[::1]:1", "http://LOCALHOST/x")))
    assert not any(map(is_loopback, ("http://[::ffff:127.0.0.1]", "http://128.0.0.1", "http://l")))


# -- secrets -------------------------------------------------------------------------------------


def test_white_space_around_a_secret_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text(" t0ken\r\n")
    monkeypatch.setenv("SOME_TOKEN", "t0ken\n")
    given: list[Any] = [
        "t0ken\n",
        SecretStr("\tt0ken "),
        {"env": "SOME_TOKEN"},
        {"file": str(file)},
    ]

    assert {"t0ken"} == {expose(Config(token=each).token) for each in given}
    monkeypatch.setenv("CONNECTED_SINK_TOKEN", "t0ken\n")
    assert "t0ken" == expose(Config().token)
    monkeypatch.setenv("CONNECTED_SINK_TOKEN", " \n")
    assert Config().token is None


def test_a_variable_that_is_not_set_is_not_named() -> None:
    reference: Any = {"env": "AKIDEXAMPLE"}
    with pytest.raises(ValidationError) as raised:
        Config(token=reference)

    assert "AKIDEXAMPLE" not in str(raised.value)


# -- what peers quote ----------------------------------------------------------------------------


def forms(secret: str) -> list[str]:
    raw = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    unicode = "".join(f"\\u{ord(c):04x}" if c in "/+=" else c for c in secret)
    return [
        secret,
        quote(secret, safe=""),
        quote(secret, safe="").replace("%2B", "%2b"),
        escaped.replace("/", "\\/"),
        unicode,
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode(),
        *(base64.b64encode(b"x" * n + raw + b"tail").decode() for n in range(1, 4)),
        base64.urlsafe_b64encode(b"user:" + raw).decode(),
    ]


@pytest.mark.parametrize("form", forms(CANARY))
def test_a_secret_is_taken_out_of_a_text_in_every_form(form: str) -> None:
    clean = scrub(f"before {form} after", [CANARY])

    assert "***" in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert form not in clean
    # What is left of base64 around it says nothing of it.
    middle = clean.removeprefix("before ").removesuffix(" after").replace("***", "")
    assert len(middle) <= 12


def test_a_short_secret_and_a_text_without_one_stay() -> None:
    assert "abc % \\ d" == scrub("abc % \\ d", ["abc", CANARY])


def echo(request: bytes) -> bytes:
    head = f"HTTP/1.1 400 x\r\nContent-Length: {len(request)}\r\n\r\n"
    return head.encode() + request


@contextmanager
def echoing() -> Iterator[str]:
    """A server that answers with the request it was sent, whole, and the secret in other forms."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                request = connection.recv(65_536)
                said = " ".join(forms(CANARY)).encode() + b" " + request
                connection.sendall(echo(said))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_peer_that_echoes_the_request_gets_no_secret_into_dead_letters(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "dead.ndjson"
    with echoing() as url:
        sink = Sink(url=url, token=CANARY, dead_letter_path=path, **QUICK)
        write_all(sink, [entry()])
        assert 1 == sink.stats().dead_lettered

    shown = path.read_text() + "".join(capfd.readouterr()) + caplog.text
    assert "***" in shown
    for form in forms(CANARY)[:8]:
        assert form not in shown
        assert json.dumps(form)[1:-1] not in shown


# -- TLS -----------------------------------------------------------------------------------------


class Files:
    """A private authority, a server's certificate of it, and a client's."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.server = self.authority.issue_cert("127.0.0.1")
        client = self.authority.issue_cert("client@example.com")
        self.ca, self.cert, self.key = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
        self.authority.cert_pem.write_to_path(self.ca)
        for blob in client.cert_chain_pems:
            blob.write_to_path(self.cert, append=True)
        client.private_key_pem.write_to_path(self.key)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@contextmanager
def serving_tls(files: Files) -> Iterator[str]:
    """A server that takes clients with a certificate of its authority only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    files.server.configure_cert(context)
    files.authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(65_536)
                    secured.sendall(OK)
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def ask(url: str, connection: Connection) -> HttpResponse | Transient:
    client = HttpClient(PATIENCE, 1, url, connection=connection)
    try:
        return client.send(HttpRequest("POST", url, {}))
    finally:
        client.close()


def test_a_private_authority_and_a_client_certificate_are_settings(files: Files) -> None:
    config = Config(ca_file=files.ca, client_cert_file=files.cert, client_key_file=files.key)
    with serving_tls(files) as url:
        trusted = ask(url, connection_of(config))
        unknown = ask(url, connection_of(Config()))
        anonymous = ask(url, connection_of(Config(ca_file=files.ca)))

    assert isinstance(trusted, HttpResponse)
    assert isinstance(unknown, Transient)
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.reason
    assert isinstance(anonymous, Transient)


def test_files_that_cannot_be_used_are_named_and_not_shown(files: Files, tmp_path: Path) -> None:
    key = files.key.read_text()
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("other@example.com").private_key_pem.write_to_path(other)
    empty = tmp_path / "empty.pem"
    empty.touch()
    missing = tmp_path / "missing.pem"
    cases: list[tuple[dict[str, Any], str, Path]] = [
        ({"ca_file": missing}, "ca_file", missing),
        ({"ca_file": files.key}, "ca_file", files.key),
        ({"ca_file": empty}, "ca_file", empty),
        ({"client_cert_file": missing, "client_key_file": files.key}, "client_cert_file", missing),
        ({"client_cert_file": files.cert, "client_key_file": other}, "client_key_file", other),
        ({"client_cert_file": files.cert, "client_key_file": empty}, "client_key_file", empty),
        ({"client_cert_file": files.cert}, "client_key_file", Path("need each other")),
    ]
    for settings, name, file in cases:
        with pytest.raises(ValidationError) as raised:
            Config(**settings)

        text = str(raised.value)
        assert name in text
        assert str(file) in text
        assert key.splitlines()[1] not in text


# -- proxy ---------------------------------------------------------------------------------------


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(OK) as (proxy, asked), answering(OK) as (url, _):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        answer = ask(url, Connection())

    assert isinstance(answer, HttpResponse)
    assert [] == asked


def test_a_proxy_is_a_setting_and_this_machine_is_reached_without() -> None:
    with answering(OK) as (proxy, asked), answering(OK) as (near, _):
        config = Config(proxy=SecretStr(proxy.replace("//", "//user:pass%2Fword@")))
        ask(near, connection_of(config))
        assert [] == asked

        answer = ask("http://backend.invalid/in", connection_of(config))

    assert isinstance(answer, HttpResponse)
    assert asked[0].startswith(b"POST http://backend.invalid/in ")
    credentials = base64.b64encode(b"user:pass/word")
    assert b"Basic " + credentials in asked[0]
    assert "word" not in repr(config) + repr(connection_of(config))


@pytest.mark.parametrize(
    "proxy", ["socks5://h", "h:1", "http://u:hunter2@", "http://u:hunter2@h:0"]
)
def test_a_bad_proxy_names_the_setting_and_shows_nothing(proxy: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Config(proxy=SecretStr(proxy))

    assert "proxy" in str(raised.value)
    assert "hunter2" not in str(raised.value)


class Named(HttpTransport):
    """A transport whose answers are given."""

    credential_settings = ("api_key",)
    place_settings = ("index", "url")
    answer = HttpResponse(200, {}, b"")

    def _perform(self, request: HttpRequest) -> HttpResponse:
        assert request.method in {"GET", "POST"}
        return self.answer


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (401, "; check `api_key`"),
        (403, "; check `api_key`, `index`, `url`"),
        (404, "; check `index`, `url`"),
        (302, "; check `index`, `url`"),
        (407, "; check `proxy`"),
        (429, ""),
    ],
)
def test_what_a_refusal_is_about_is_named_beside_what_the_backend_said(
    status: int, named: str
) -> None:
    def pauses(response: HttpResponse) -> Outcome:
        return Paused(describe(response))

    url = "http://127.0.0.1:1"
    encoder = ObjectEncoder(HandmadeConfig())
    health = HttpRequest("GET", url, {})
    request = HttpRequest("POST", url, {})
    transport = Named(Config(), encoder, NONE, request, pauses, health, (204,))
    transport.answer = HttpResponse(status, {}, b"nope")
    batch = Batch(Records.of([Record(b"{}", 0)]))

    with pytest.raises(HealthError) as raised:
        transport.health_check()
    outcome = transport.send(batch)
    transport.close()

    assert isinstance(outcome, Paused)
    for text in (str(raised.value), outcome.reason):
        assert f"HTTP {status}" in text
        assert text.endswith(f"nope{named}")


# -- codecs --------------------------------------------------------------------------------------


def test_a_codec_that_is_chosen_and_not_installed_says_so_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    made: list[Codec] = [NONE, _zstd.ZSTD]
    request = HttpRequest("POST", "http://127.0.0.1:1", {})

    HttpTransport(Config(), ObjectEncoder(HandmadeConfig()), made[0], request, classify).close()
    with pytest.raises(ImportError):
        HttpTransport(Config(), ObjectEncoder(HandmadeConfig()), made[1], request, classify)
