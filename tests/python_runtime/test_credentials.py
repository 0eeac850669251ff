"""The cache of tokens, OAuth 2.0, and what a token endpoint can do wrong."""

import base64
import socket
import threading

import pytest
from pydantic import SecretStr

from credentials_support import (
    IMPATIENCE,
    START,
    Asked,
    Handler,
    ManualClock,
    Reply,
    Server,
    Together,
    always,
    authorization,
    counting,
    failure,
    reply,
    send_to,
    serving,
    status_of,
    taking,
    token,
)
from python.cloud_sink_base import HealthError, Paused, Transient
from python.parts._credentials import CredentialsContext, CredentialsError, check
from python.parts._http import HttpClient, HttpRequest, HttpResponse
from python.parts._oauth2 import ClientAuthentication, OAuth2Options, credentials
from python.parts._token import TokenCredentials
from support import PATIENCE, eventually

CLIENT_SECRET = "s3cret & =/%+é"


def options(server: Server, **changes: object) -> OAuth2Options:
    given: dict[str, object] = {
        "setting": "client_secret",
        "token_url": f"{server.url}/oauth/token",
        "client_id": "the client",
        "client_secret": SecretStr(CLIENT_SECRET),
        "scope": "logs:write metrics",
    }
    return OAuth2Options(**(given | changes))  # type: ignore[arg-type]


def client_of(server: Server, context: CredentialsContext) -> TokenCredentials:
    return credentials(options(server), context)


# -- the cache -------------------------------------------------------------------------------------


def test_token_is_kept_until_it_is_due_for_renewal() -> None:
    clock = ManualClock()
    with serving() as endpoint:
        client = client_of(endpoint, clock.context())

        assert "Bearer token-1" == authorization(client)
        # An hour less the margin of 225 s.
        clock.now += 3374
        assert "Bearer token-1" == authorization(client)
        clock.now += 1
        assert "Bearer token-2" == authorization(client)
        assert 2 == endpoint.count


def test_short_lived_token_is_renewed_after_three_quarters() -> None:
    clock = ManualClock()
    with serving(lambda _, number: token(f"token-{number}", 40)) as endpoint:
        client = client_of(endpoint, clock.context())

        authorization(client)
        clock.now += 29
        assert "Bearer token-1" == authorization(client)
        clock.now += 1
        assert "Bearer token-2" == authorization(client)


@pytest.mark.parametrize("lifetime", [2**64 - 1, 10**400, 1e308, "9" * 30])
def test_lifetime_beyond_a_day_is_not_believed(lifetime: object) -> None:
    clock = ManualClock()
    with serving(lambda _, number: token(f"token-{number}", lifetime)) as endpoint:
        client = client_of(endpoint, clock.context())

        authorization(client)
        clock.now += 24 * 3600
        assert "Bearer token-2" == authorization(client)


def gated(gate: threading.Event, answer: Reply) -> Handler:
    return lambda _asked, _number: Reply(answer.status, answer.body, gate=gate)


def test_callers_without_a_token_share_one_fetch() -> None:
    gate = threading.Event()
    with serving(gated(gate, token("only"))) as endpoint:
        client = client_of(endpoint, ManualClock().context())
        callers = Together(lambda: authorization(client), 20)
        endpoint.reached(1)
        gate.set()

        assert ["Bearer only"] * 20 == callers.results()
        assert 1 == endpoint.count


def test_callers_without_a_token_share_one_failure() -> None:
    gate = threading.Event()
    with serving(gated(gate, Reply(503))) as endpoint:
        client = client_of(endpoint, ManualClock().context())
        looks = CountedLooks(client)
        callers = Together(lambda: authorization(client), 20)
        eventually(lambda: looks.count >= 21)  # each before it waits, one once it holds the lock
        gate.set()

        assert [Transient] * 20 == [type(result) for result in callers.results()]
        assert 1 == endpoint.count


class CountedLooks:
    """Counts how often the state of a cache was looked at."""

    def __init__(self, client: TokenCredentials) -> None:
        self.count = 0
        self._lock = threading.Lock()
        cache = client._cache
        look = cache._look

        def counted() -> object:
            found = look()
            with self._lock:
                self.count += 1
            return found

        cache._look = counted  # type: ignore[method-assign,assignment]


def test_failure_is_not_kept() -> None:
    with serving(lambda _, n: Reply(503) if n == 1 else token("late")) as endpoint:
        client = client_of(endpoint, ManualClock().context())

        assert isinstance(failure(client), Transient)
        assert "Bearer late" == authorization(client)


def test_others_use_the_old_token_while_one_renews_it() -> None:
    gate, clock = threading.Event(), ManualClock()

    def answer(_: Asked, number: int) -> Reply:
        return token("old") if number == 1 else token("new", gate=gate)

    with serving(answer) as endpoint:
        client = client_of(endpoint, clock.context())
        authorization(client)
        clock.now += 3400

        renewing = Together(lambda: authorization(client), 1)
        endpoint.reached(2)
        # The endpoint has not answered yet.
        assert ["Bearer old"] * 10 == [authorization(client) for _ in range(10)]
        gate.set()

        assert ["Bearer new"] == renewing.results()
        assert "Bearer new" == authorization(client)
        assert 2 == endpoint.count


def test_token_that_holds_survives_a_failed_renewal() -> None:
    clock = ManualClock()
    script = {1: token("old"), 2: Reply(500), 3: Reply(500)}
    with serving(lambda _, number: script.get(number, token("new"))) as endpoint:
        client = client_of(endpoint, clock.context())
        authorization(client)
        clock.now += 3400

        assert "Bearer old" == authorization(client)
        # The next try is not made at once.
        assert "Bearer old" == authorization(client)
        assert 2 == endpoint.count
        clock.now += 15
        assert "Bearer old" == authorization(client)
        assert 3 == endpoint.count
        clock.now += 15
        assert "Bearer new" == authorization(client)


def test_token_is_not_sent_once_it_is_about_to_end() -> None:
    clock = ManualClock()
    with serving(lambda _, number: token("old") if number == 1 else Reply(500)) as endpoint:
        client = client_of(endpoint, clock.context())
        authorization(client)

        clock.now += 3589
        assert "Bearer old" == authorization(client)
        clock.now += 1
        assert isinstance(failure(client), Transient)


def test_waiting_for_a_silent_endpoint_is_bounded() -> None:
    with serving(always(Reply(fault="silence"))) as endpoint:
        client = client_of(endpoint, ManualClock().context(IMPATIENCE))

        for result in Together(lambda: authorization(client), 5).results():
            assert isinstance(result, Transient)
            assert result.reason.startswith("token endpoint 127.0.0.1: ")


# -- refusals by the backend -----------------------------------------------------------------------


def test_refused_token_that_was_taken_before_is_replaced_once() -> None:
    def answer(asked: Asked, number: int) -> Reply:
        is_old = asked.headers["authorization"] == "Bearer token-1"
        return Reply(401 if is_old and number > 1 else 200)

    with serving() as endpoint, serving(answer) as backend:
        client = client_of(endpoint, ManualClock().context())

        assert 200 == status_of(send_to(backend, client))
        assert 200 == status_of(send_to(backend, client))

        assert 2 == endpoint.count
        assert [b"event"] * 3 == [asked.body for asked in backend.asked]


def test_refusal_of_a_fresh_token_is_the_backends_answer() -> None:
    clock = ManualClock()
    with serving() as endpoint, serving(always(Reply(401, b"no"))) as backend:
        client = client_of(endpoint, clock.context())

        assert [401] * 3 == [status_of(send_to(backend, client)) for _ in range(3)]

        assert (1, 3) == (endpoint.count, backend.count)
        # A minute later a new one may have what the old one lacks: one more, and no loop.
        clock.now += 60
        assert 401 == status_of(send_to(backend, client))
        assert (2, 5) == (endpoint.count, backend.count)


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_a_refused_token_is_renewed_although_the_clock_was_set(jump: int) -> None:
    clock = ManualClock()
    with serving() as endpoint, serving(taking("token-2")) as backend:
        client = client_of(endpoint, clock.context())
        assert "Bearer token-1" == authorization(client)

        clock.now += jump

        assert 200 == status_of(send_to(backend, client))
        # It holds for an hour from here, whatever the clock said before.
        clock.now += 3374
        assert 200 == status_of(send_to(backend, client))
        assert 2 == endpoint.count


def test_requests_refused_together_share_one_new_token() -> None:
    with (
        serving() as endpoint,
        serving(taking("token-1", "token-2")) as backend,
        serving(taking("token-2")) as strict,
    ):
        client = client_of(endpoint, ManualClock().context())
        send_to(backend, client)

        callers = Together(lambda: status_of(send_to(strict, client)), 8)

        assert [200] * 8 == callers.results()
        assert 2 == endpoint.count


def test_outage_of_the_endpoint_after_a_refusal_is_told() -> None:
    with (
        serving(lambda _, n: token("old") if n == 1 else Reply(503)) as endpoint,
        serving(lambda _, n: Reply(200 if n == 1 else 401)) as backend,
    ):
        client = client_of(endpoint, ManualClock().context())
        send_to(backend, client)

        answer = send_to(backend, client)

        assert Transient("token endpoint 127.0.0.1: HTTP 503 Service Unavailable") == answer


def test_backend_that_quotes_the_token_does_not_get_it_into_a_reason() -> None:
    def quoting(asked: Asked, _: int) -> Reply:
        return Reply(403, f"no {asked.headers['authorization']}".encode())

    with serving() as endpoint, serving(quoting) as backend:
        answer = send_to(backend, client_of(endpoint, ManualClock().context()))

        assert isinstance(answer, HttpResponse)
        assert b"no ***" == answer.body


def test_accepted_and_refused_of_an_old_issue_leave_the_new_one_alone() -> None:
    with serving() as endpoint:
        client = client_of(endpoint, ManualClock().context())
        authorization(client)
        client.accepted(1)
        assert client.refused(1)
        authorization(client)

        assert client.refused(1), "another one is there to try"
        assert "Bearer token-2" == authorization(client)
        assert not client.refused(2), "never taken, and fresh"


def test_health_check_tells_what_the_endpoint_said() -> None:
    with serving(always(Reply(401))) as endpoint, serving(always(Reply(200))) as backend:
        client = HttpClient(PATIENCE, 1, backend.url)
        request = HttpRequest("GET", backend.url, {})
        refused = client_of(endpoint, ManualClock().context())

        with pytest.raises(HealthError, match="`client_secret`: token endpoint"):
            check(client, refused, request, (200,))

        assert 0 == backend.count
        client.close()


def test_health_check_passes_with_a_token_and_the_right_status() -> None:
    with serving() as endpoint, serving(taking("token-1")) as backend:
        client = HttpClient(PATIENCE, 1, backend.url)
        request = HttpRequest("GET", backend.url, {})
        working = client_of(endpoint, ManualClock().context())

        check(client, working, request, (200,))
        with pytest.raises(HealthError, match="HTTP 200"):
            check(client, working, request, (204,))
        client.close()


# -- OAuth 2.0 -------------------------------------------------------------------------------------


def test_id_and_secret_go_into_the_form() -> None:
    with serving() as endpoint:
        authorization(client_of(endpoint, ManualClock().context()))

        asked = endpoint.asked[0]
        expected = {
            "grant_type": "client_credentials",
            "client_id": "the client",
            "client_secret": CLIENT_SECRET,
            "scope": "logs:write metrics",
        }
        assert expected == asked.form()
        assert "/oauth/token" == asked.target
        assert "application/json" == asked.headers["accept"]
        assert "authorization" not in asked.headers


def test_id_and_secret_go_into_the_header_encoded_as_the_standard_says() -> None:
    with serving() as endpoint:
        basic = options(endpoint, authentication=ClientAuthentication.BASIC)
        authorization(credentials(basic, ManualClock().context()))

        asked = endpoint.asked[0]
        scheme, _, sent = asked.headers["authorization"].partition(" ")
        assert "Basic" == scheme
        expected = b"the%20client:s3cret%20%26%20%3D%2F%25%2B%C3%A9"
        assert expected == base64.b64decode(sent, validate=True)
        assert not {"client_id", "client_secret"} & asked.form().keys()


def test_audience_and_further_fields_go_into_the_form() -> None:
    with serving() as endpoint:
        more = options(
            endpoint, scope=None, audience="https://logs.example", extra=[("resource", "a&b=c")]
        )
        authorization(credentials(more, ManualClock().context()))

        form = endpoint.asked[0].form()
        assert "https://logs.example" == form["audience"]
        assert "a&b=c" == form["resource"]
        assert "scope" not in form


def test_lifetime_may_be_text() -> None:
    clock = ManualClock()
    answer = reply(200, {"access_token": "t", "expires_in": "60"})
    with serving(always(answer)) as endpoint:
        client = client_of(endpoint, clock.context())

        authorization(client)
        clock.now += 44
        authorization(client)
        assert 1 == endpoint.count
        clock.now += 1
        authorization(client)
        assert 2 == endpoint.count


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example/token",
        "http://10.0.0.1/token",
        "http://169.254.169.254/token",
        "http://metadata.google.internal/token",
        "http://127.0.0.1.example/token",
        "http://localhost.example/token",
        "http://user:password@127.0.0.1/token",
        "https://user@login.example/token",
        "ftp://127.0.0.1/token",
        "file:///etc/passwd",
        "login.example/token",
        "http://[::ffff:10.0.0.1]/token",
        "http://[::1/token",
        "http://127.0.0.1\\@login.example/token",
        "http://login.example#@127.0.0.1/token",
        "http://127.0.0.1%2Elogin.example/token",
        "https:///token",
        "http://127.0.0.1:port/token",
        "",
    ],
)
def test_url_that_would_show_the_secret_is_refused_when_the_sink_is_made(url: str) -> None:
    bad = OAuth2Options("client_secret", url, "id", SecretStr("secret"))

    with pytest.raises(CredentialsError) as caught:
        credentials(bad, ManualClock().context())

    assert isinstance(caught.value.outcome, Paused)


@pytest.mark.parametrize(
    "url",
    [
        "https://login.example/token",
        "http://127.0.0.1:8080/token",
        "http://localhost/token",
        "http://[::1]:8080/token",
        "HTTPS://LOGIN.example/token",
    ],
)
def test_url_with_tls_or_on_this_machine_is_taken(url: str) -> None:
    credentials(
        OAuth2Options("client_secret", url, "id", SecretStr("secret")), ManualClock().context()
    )


def test_secret_on_its_way_to_this_machine_takes_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as endpoint, serving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        authorization(client_of(endpoint, ManualClock().context()))

        assert (1, 0) == (endpoint.count, proxy.count)


# -- faults of the endpoint ------------------------------------------------------------------------


def outcome(answer: Reply, timeout_seconds: float = 2 * PATIENCE) -> Transient | Paused:
    """What a batch comes to when the token endpoint answers so."""
    with serving(always(answer)) as endpoint, serving(always(Reply(200))) as backend:
        client = client_of(endpoint, ManualClock().context(timeout_seconds))
        found = send_to(backend, client)
        assert 0 == backend.count, "nothing is sent without a token"
        assert isinstance(found, Transient | Paused)
        return found


NO_OBJECT = "HTTP 200 with a body that is no JSON object"
NO_TOKEN = "HTTP 200 without a usable `access_token`"
NO_LIFETIME = "HTTP 200 without a usable `expires_in`"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        *[
            (body.encode(), NO_OBJECT)
            for body in ("", "<html>", "null", "[]", '"t"', '{"access_token":"t"', "\0", "[" * 9999)
        ],
        (b"\xff\xfe{", NO_OBJECT),
        *[
            (b'{"access_token":%s,"expires_in":60}' % value, NO_TOKEN)
            for value in (b"null", b'""', b"7", b'"a b"', rb'"a\r\nb"', '"é"'.encode())
        ],
        *[
            (b'{"access_token":"t","expires_in":%s}' % value, NO_LIFETIME)
            for value in (
                *(b"null", b"0", b"-1", b"0.5", b'"soon"', b'""', b"[60]", b'"1e3"'),
                *(b"true", b"NaN", b"Infinity", b'"-5"', '"６０"'.encode()),
            )
        ],
        (b'{"access_token":"t"}', NO_LIFETIME),
        (
            b'{"access_token":"t","expires_on":%d}' % (START - 1),
            "HTTP 200 with a token that has ended already",
        ),
        (
            b'{"access_token":"t","expires_in":60,"token_type":"mac"}',
            "HTTP 200 with a `token_type` that is not Bearer",
        ),
    ],
)
def test_answer_without_a_usable_token_is_an_outage_and_is_not_quoted(
    body: bytes, says: str
) -> None:
    assert Transient(f"token endpoint 127.0.0.1: {says}") == outcome(Reply(200, body))


def test_body_without_end_is_cut() -> None:
    found = outcome(Reply(fault="endless"))

    assert Transient(f"token endpoint 127.0.0.1: {NO_OBJECT}") == found


@pytest.mark.parametrize("fault", ["truncated", "hang_up"])
def test_broken_answers_are_outages_that_name_the_host(fault: str) -> None:
    found = outcome(Reply(fault=fault))

    assert isinstance(found, Transient)
    assert found.reason.startswith("token endpoint 127.0.0.1: RemoteProtocolError")


@pytest.mark.parametrize("fault", ["silence", "stalled"])
def test_endpoint_that_never_finishes_is_an_outage_that_names_the_host(fault: str) -> None:
    found = outcome(Reply(fault=fault), IMPATIENCE)

    assert isinstance(found, Transient)
    assert found.reason.startswith("token endpoint 127.0.0.1: ")


def test_endpoint_that_is_not_there_is_an_outage_that_names_the_host() -> None:
    # Bound and let go: nobody listens there.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/token"
    nowhere = OAuth2Options("client_secret", url, "id", SecretStr("secret"))

    found = failure(credentials(nowhere, ManualClock().context()))

    assert isinstance(found, Transient)
    assert found.reason.startswith("token endpoint 127.0.0.1: ConnectError")


@pytest.mark.parametrize("status", [204, 408, 425, 429, 500, 502, 503, 504, 599])
def test_trouble_at_the_endpoint_is_an_outage(status: int) -> None:
    assert isinstance(outcome(Reply(status)), Transient)


@pytest.mark.parametrize("code", ["temporarily_unavailable", "server_error", "slow_down"])
def test_refusal_for_now_is_an_outage(code: str) -> None:
    assert isinstance(outcome(reply(400, {"error": code})), Transient)


def test_delay_that_the_endpoint_asks_for_is_passed_on() -> None:
    found = outcome(Reply(429, headers=(("retry-after", "7"),)))

    assert isinstance(found, Transient)
    assert 7.0 == found.retry_after


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refusal_pauses_and_names_the_setting_and_what_was_said(status: int) -> None:
    text = f"no client with secret {CLIENT_SECRET}\r\nhere"

    found = outcome(reply(status, {"error": "invalid_client", "error_description": text}))

    assert isinstance(found, Paused)
    start = f"`client_secret`: token endpoint 127.0.0.1 refused it: HTTP {status} "
    assert found.reason.startswith(start)
    assert found.reason.endswith(": invalid_client: no client with secret ***  here")


def test_secret_is_scrubbed_in_every_form_and_before_the_text_is_cut() -> None:
    encoded = base64.b64encode(CLIENT_SECRET.encode()).decode()
    percent = "s3cret%20%26%20%3D%2F%25%2B%C3%A9"
    text = f"{'x' * 190} {CLIENT_SECRET}"

    found = outcome(reply(401, {"error": f"{encoded} {percent}", "error_description": text}))

    assert "*** ***" in found.reason
    assert "s3c" not in found.reason


def test_other_texts_of_a_refusal_are_not_quoted() -> None:
    found = outcome(Reply(401, b"<html>your token is abc"))

    reason = "`client_secret`: token endpoint 127.0.0.1 refused it: HTTP 401 Unauthorized"
    assert Paused(reason) == found


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with serving(counting) as elsewhere:
        found = outcome(Reply(status, headers=(("location", f"{elsewhere.url}/token"),)))

        assert isinstance(found, Paused)
        assert "redirects" in found.reason
        assert 0 == elsewhere.count
