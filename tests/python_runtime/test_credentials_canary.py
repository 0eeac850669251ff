"""
Runs every scheme with secrets that can be told apart, logs everything, and looks for them.

What is looked at: logs at the lowest level, ``repr``, ``str``, tracebacks, reasons.
"""

import base64
import json
import logging
import traceback
from collections.abc import Callable

import pytest
from pydantic import SecretStr

import test_credentials
import test_credentials_clouds as clouds
from credentials_support import (
    Asked,
    ManualClock,
    Reply,
    Server,
    always,
    authorization,
    counting,
    reply,
    send_to,
    serving,
    token,
)
from python.cloud_sink_base import Paused, Transient
from python.parts import _azure, _google, _oauth2, _sas
from python.parts._credentials import Credentials, CredentialsContext, CredentialsError
from python.parts._oauth2 import ClientAuthentication
from python.parts._sigv4 import SigV4Credentials, SigV4Options
from python.parts._token_endpoint import TokenRequest

SECRET = "canary-of-the-setting"
TOKEN = "canary-of-the-token"


def assert_clean(*texts: object) -> None:
    for text in map(str, texts):
        for secret in (SECRET, TOKEN, "BEGIN PRIVATE KEY"):
            assert secret not in text
            assert base64.b64encode(secret.encode()).decode()[:-4] not in text


def printed(value: object) -> str:
    """All that a value prints of itself and of what it holds."""
    held = getattr(value, "__dict__", {})
    return f"{value!r} {value} {held!r}"


def oauth2(kind: ClientAuthentication) -> Callable[[Server, CredentialsContext], Credentials]:
    def make(endpoint: Server, context: CredentialsContext) -> Credentials:
        secret = SecretStr(SECRET)
        options = test_credentials.options(endpoint, client_secret=secret, authentication=kind)
        assert_clean(printed(options))
        return _oauth2.credentials(options, context)

    return make


def google(endpoint: Server, context: CredentialsContext) -> Credentials:
    key = SecretStr(json.dumps(clouds.key_file(endpoint, private_key_id=SECRET)))
    options = _google.GoogleOptions("credentials", "scope", key)
    assert_clean(printed(options))
    return _google.credentials(options, context)


def azure(endpoint: Server, context: CredentialsContext) -> Credentials:
    app = _azure.ClientSecret("tenant", "client", SecretStr(SECRET))
    options = _azure.AzureOptions("client_secret", app, "scope", endpoint.url)
    assert_clean(printed(options))
    return _azure.credentials(options, context)


def sas(_: Server, context: CredentialsContext) -> Credentials:
    options = _sas.SasOptions("resource", "name", SecretStr(SECRET))
    assert_clean(printed(options))
    return _sas.credentials(options, context)


def sigv4(_: Server, context: CredentialsContext) -> Credentials:
    return SigV4Credentials(SigV4Options("es", "us-east-1"), context)


def quoting(asked: Asked, _: int) -> Reply:
    """An endpoint that refuses and quotes all it was sent."""
    text = f"{asked.body.decode()} {asked.headers}"
    return reply(401, {"error": asked.body.decode(), "error_description": text})


@pytest.mark.parametrize(
    "answer", [always(token(TOKEN)), quoting, always(Reply(200, TOKEN.encode()))]
)
@pytest.mark.parametrize(
    "make",
    [
        oauth2(ClientAuthentication.BODY),
        oauth2(ClientAuthentication.BASIC),
        google,
        azure,
        sas,
        sigv4,
    ],
)
def test_no_secret_and_no_token_is_ever_shown(
    make: Callable[[Server, CredentialsContext], Credentials],
    answer: Callable[[Asked, int], Reply],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.NOTSET)
    for name, value in (("ACCESS_KEY_ID", "AKID"), ("SECRET_ACCESS_KEY", SECRET)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    clock = ManualClock()

    def quote(asked: Asked, _: int) -> Reply:
        return Reply(401, str(asked.headers).encode())

    with serving(answer) as endpoint, serving(quote) as backend:
        credentials = make(endpoint, clock.context())
        assert_clean(printed(credentials))
        for _ in range(2):
            found = send_to(backend, credentials)
            assert_clean(printed(found))
            if not isinstance(found, Transient | Paused):
                assert_clean(found.body.decode())
            try:
                authorization(credentials)
            except CredentialsError as error:
                assert_clean(*traceback.format_exception(error), printed(error))
            clock.now += 61
        assert_clean(printed(credentials), printed(getattr(credentials, "_cache", None)))

    assert caplog.records, "something was logged"
    assert_clean(*(record.getMessage() for record in caplog.records), caplog.text)


def test_what_holds_secrets_on_the_way_prints_none() -> None:
    request = TokenRequest({"authorization": SECRET}, [("client_secret", SECRET)], [SECRET])

    assert_clean(repr(request), str(request))


def test_context_prints_nothing_of_the_environment() -> None:
    assert_clean(repr(ManualClock().context(AZURE_CLIENT_SECRET=SECRET)))


def test_counting_endpoint_is_asked() -> None:
    """The canary is worth something only if the schemes get this far."""
    with serving(counting) as endpoint:
        assert authorization(azure(endpoint, ManualClock().context()))
        assert SECRET == endpoint.asked[0].form()["client_secret"]
