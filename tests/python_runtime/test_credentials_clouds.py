"""The schemes of Google and Azure."""

import base64
import hmac
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pydantic import SecretStr

from credentials_support import (
    START,
    Asked,
    ManualClock,
    Reply,
    Server,
    always,
    authorization,
    failure,
    reply,
    send_to,
    serving,
    status_of,
)
from python.cloud_sink_base import Paused, Transient
from python.parts import _azure, _google, _sas
from python.parts._azure import (
    AzureIdentity,
    AzureOptions,
    ClientSecret,
    Environment,
    Managed,
    Workload,
)
from python.parts._credentials import CredentialsContext
from python.parts._google import GoogleOptions
from python.parts._sas import SasOptions
from python.parts._token import TokenCredentials

ACCOUNT = "writer@project.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/logging.write"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return rsa_key().private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def key_file(server: Server, **changes: Any) -> dict[str, Any]:
    """A service account's key file."""
    return {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "key-7",
        "private_key": pem(),
        "client_email": ACCOUNT,
        "token_uri": f"{server.url}/token",
    } | changes


def user_file(server: Server) -> dict[str, str]:
    return {
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": "secret",
        "refresh_token": "refresh",
        "token_uri": server.url,
    }


def google(key: object = None, context: CredentialsContext | None = None) -> TokenCredentials:
    given = key if key is None or isinstance(key, Path) else SecretStr(json.dumps(key))
    options = GoogleOptions("credentials", SCOPE, given)
    return _google.credentials(options, context or ManualClock().context())


def verified(asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a good assertion."""
    form = asked.form()
    assert {"grant_type", "assertion"} == form.keys()
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" == form["grant_type"]
    signed, _, signature = form["assertion"].rpartition(".")
    rsa_key().public_key().verify(decode(signature), signed.encode(), padding.PKCS1v15(), SHA256())
    header, _, claims = signed.partition(".")
    return json.loads(decode(header)), json.loads(decode(claims))


def decode(text: str) -> bytes:
    assert "=" not in text
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# -- Google ----------------------------------------------------------------------------------------


def test_service_account_sends_a_signed_assertion() -> None:
    with serving() as endpoint:
        assert "Bearer token-1" == authorization(google(key_file(endpoint)))

        header, claims = verified(endpoint.asked[0])
        assert {"alg": "RS256", "typ": "JWT", "kid": "key-7"} == header
        assert {
            "iss": ACCOUNT,
            "scope": SCOPE,
            "aud": f"{endpoint.url}/token",
            "iat": START,
            "exp": START + 3600,
        } == claims


def test_older_form_of_the_key_works_too() -> None:
    with serving() as endpoint:
        old = pem(PrivateFormat.TraditionalOpenSSL)
        assert "BEGIN RSA PRIVATE KEY" in old

        authorization(google(key_file(endpoint, private_key=old)))

        verified(endpoint.asked[0])


def test_key_file_is_read_anew_for_each_token(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "key.json"
    with serving() as endpoint:
        path.write_text(json.dumps(key_file(endpoint)))
        account = google(path, clock.context())
        authorization(account)
        path.write_text(json.dumps(key_file(endpoint, private_key_id="key-8")))
        clock.now += 3500

        authorization(account)

        assert "key-8" == verified(endpoint.asked[1])[0]["kid"]


def test_users_key_file_is_exchanged_by_refresh_token() -> None:
    with serving() as endpoint:
        authorization(google(user_file(endpoint)))

        assert {
            "grant_type": "refresh_token",
            "client_id": "id",
            "client_secret": "secret",
            "refresh_token": "refresh",
        } == endpoint.asked[0].form()


def test_environment_then_user_file_then_metadata_server(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    well_known = tmp_path / ".config/gcloud/application_default_credentials.json"
    well_known.parent.mkdir(parents=True)
    with serving() as endpoint:
        key.write_text(json.dumps(key_file(endpoint)))
        well_known.write_text(json.dumps(user_file(endpoint)))
        variables = {
            "GOOGLE_APPLICATION_CREDENTIALS": str(key),
            "HOME": str(tmp_path),
            "GCE_METADATA_HOST": endpoint.host,
        }

        for name in (None, "GOOGLE_APPLICATION_CREDENTIALS", "HOME"):
            variables.pop(name or "", None)
            authorization(google(None, ManualClock().context(**variables)))

        verified(endpoint.asked[0])
        assert "refresh_token" == endpoint.asked[1].form()["grant_type"]
        assert "GET" == endpoint.asked[2].method


def test_metadata_server_is_asked_as_it_wants_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server, serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        context = ManualClock().context(GCE_METADATA_HOST=server.host)

        assert "Bearer token-1" == authorization(google(None, context))

        asked = server.asked[0]
        assert "GET" == asked.method
        path = "/computeMetadata/v1/instance/service-accounts/default/token"
        assert path == asked.path()
        assert {"scopes": SCOPE} == asked.query()
        assert "Google" == asked.headers["metadata-flavor"]
        assert 0 == proxy.count


def test_metadata_server_elsewhere_is_not_asked() -> None:
    found = failure(google(None, ManualClock().context(GCE_METADATA_HOST="metadata.example")))

    assert isinstance(found, Paused)
    assert "use https" in found.reason


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda server: key_file(
                server,
                private_key="-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----",
            ),
            "its `private_key` is no RSA key in PEM",
        ),
        (lambda server: key_file(server, private_key="canary"), "is no RSA key in PEM"),
        (
            lambda _: {"type": "external_account", "canary": 1},
            "neither a `service_account` nor an `authorized_user`",
        ),
        (lambda server: key_file(server, token_uri="http://login.example/token"), "use https"),
        (lambda server: key_file(server, client_email=None), "not the JSON that Google hands out"),
        (lambda _: "canary", "not the JSON that Google hands out"),
        (lambda _: {"type": 7}, "not the JSON that Google hands out"),
    ],
)
def test_key_that_is_none_is_refused_without_showing_it(
    make: Callable[[Server], object], says: str
) -> None:
    with serving() as endpoint:
        found = failure(google(make(endpoint)))

        assert isinstance(found, Paused)
        assert says in found.reason
        assert "canary" not in found.reason
        assert "Y2Fu" not in found.reason
        assert 0 == endpoint.count


def test_key_file_that_is_not_there_is_refused_by_name() -> None:
    context = ManualClock().context(GOOGLE_APPLICATION_CREDENTIALS="/no/such/key.json")

    reason = "`credentials`: cannot read the key file /no/such/key.json: No such file or directory"
    assert Paused(reason) == failure(google(None, context))


def test_key_in_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    reason = f"`credentials`: cannot read the key file {pipe}: not a regular file"
    assert Paused(reason) == failure(google(pipe))


# -- Azure -----------------------------------------------------------------------------------------

AUDIENCE = "https://monitor.azure.com"
APP = ClientSecret("tenant", "client", SecretStr("s3cret&"))


def azure(
    identity: AzureIdentity,
    authority: Server | None = None,
    context: CredentialsContext | None = None,
) -> TokenCredentials:
    url = None if authority is None else authority.url
    options = AzureOptions("client_secret", identity, f"{AUDIENCE}/.default", url)
    return _azure.credentials(options, context or ManualClock().context())


def test_app_asks_its_tenant_with_its_secret() -> None:
    with serving() as login:
        assert "Bearer token-1" == authorization(azure(APP, login))

        asked = login.asked[0]
        assert "/tenant/oauth2/v2.0/token" == asked.target
        assert {
            "grant_type": "client_credentials",
            "client_id": "client",
            "client_secret": "s3cret&",
            "scope": f"{AUDIENCE}/.default",
        } == asked.form()


def test_tenant_cannot_leave_its_place_in_the_url() -> None:
    with serving() as login:
        authorization(azure(ClientSecret("../a?b#c", "client", SecretStr("secret")), login))

        assert "/..%2Fa%3Fb%23c/oauth2/v2.0/token" == login.asked[0].target


def test_refusal_names_the_setting() -> None:
    text = "AADSTS7000215: Invalid client secret provided."
    body = {"error": "invalid_client", "error_description": text}
    with serving(always(reply(401, body))) as login:
        reason = (
            "`client_secret`: token endpoint 127.0.0.1 refused it: HTTP 401 Unauthorized: "
            f"invalid_client: {text}"
        )
        assert Paused(reason) == failure(azure(APP, login))


def test_workload_sends_the_file_as_it_is_now(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "token"
    path.write_text("first\n")
    with serving() as login:
        app = azure(Workload("tenant", "client", path), login, clock.context())
        authorization(app)
        path.write_text("second\n")
        clock.now += 3500

        authorization(app)

        forms = [asked.form() for asked in login.asked]
        assert ["first", "second"] == [form["client_assertion"] for form in forms]
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert kind == forms[0]["client_assertion_type"]
        assert "client_secret" not in forms[0]


def test_machine_asks_its_metadata_service() -> None:
    answer = reply(200, {"access_token": "t", "expires_in": "3599", "token_type": "Bearer"})
    with serving(always(answer)) as service:
        context = ManualClock().context(AZURE_POD_IDENTITY_AUTHORITY_HOST=service.url)

        authorization(azure(Managed("user assigned"), context=context))

        asked = service.asked[0]
        assert ("GET", "/metadata/identity/oauth2/token") == (asked.method, asked.path())
        assert "true" == asked.headers["metadata"]
        assert {
            "api-version": "2018-02-01",
            "resource": AUDIENCE,
            "client_id": "user assigned",
        } == asked.query()


def test_app_service_tells_the_moment_of_the_end() -> None:
    clock = ManualClock()
    answer = reply(200, {"access_token": "t", "expires_on": str(START + 1000)})
    with serving(always(answer)) as service:
        context = clock.context(
            IDENTITY_ENDPOINT=f"{service.url}/msi/token", IDENTITY_HEADER="h3ader"
        )
        managed = azure(Managed(), context=context)

        authorization(managed)
        clock.now += 774
        authorization(managed)
        assert 1 == service.count
        clock.now += 1
        authorization(managed)

        assert 2 == service.count
        asked = service.asked[0]
        assert "/msi/token" == asked.path()
        assert "h3ader" == asked.headers["x-identity-header"]
        assert {"api-version": "2019-08-01", "resource": AUDIENCE} == asked.query()


@pytest.mark.parametrize(
    "variables", [{}, {"IDENTITY_HEADER": "h3ader", "IDENTITY_SERVER_THUMBPRINT": "AB"}]
)
def test_identities_of_other_machines_are_refused_by_name(variables: dict[str, str]) -> None:
    with serving() as service:
        context = ManualClock().context(IDENTITY_ENDPOINT=service.url, **variables)

        found = failure(azure(Managed(), context=context))

        assert isinstance(found, Paused)
        assert "Azure Arc and Service Fabric are not supported" in found.reason
        assert 0 == service.count


@pytest.mark.parametrize("status", [404, 410, 429, 500])
def test_metadata_service_that_starts_is_an_outage(status: int) -> None:
    with serving(always(Reply(status))) as service:
        context = ManualClock().context(AZURE_POD_IDENTITY_AUTHORITY_HOST=service.url)

        assert isinstance(failure(azure(Managed(), context=context)), Transient)


def test_environment_decides_secret_then_file_then_managed(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("federated")
    with serving() as service:
        variables = {
            "AZURE_CLIENT_SECRET": "secret",
            "AZURE_FEDERATED_TOKEN_FILE": str(path),
            "AZURE_TENANT_ID": "tenant",
            "AZURE_CLIENT_ID": "client",
            "AZURE_AUTHORITY_HOST": service.url,
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": service.url,
        }

        for name in ("", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
            variables.pop(name, None)
            authorization(azure(Environment(), context=ManualClock().context(**variables)))

        assert "secret" == service.asked[0].form()["client_secret"]
        assert "federated" == service.asked[1].form()["client_assertion"]
        assert "client" == service.asked[2].query()["client_id"]


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, "AZURE_TENANT_ID"),
        ({"AZURE_TENANT_ID": "t"}, "AZURE_CLIENT_ID"),
        ({"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}, "AZURE_CLIENT_SECRET"),
    ],
)
def test_what_is_missing_is_named(variables: dict[str, str], missing: str) -> None:
    context = ManualClock().context(**variables)

    found = failure(azure(ClientSecret(), context=context))

    assert Paused(f"`client_secret`: set it, or {missing}") == found


@pytest.mark.parametrize(
    ("variable", "identity"),
    [("AZURE_AUTHORITY_HOST", APP), ("AZURE_POD_IDENTITY_AUTHORITY_HOST", Managed())],
)
def test_authority_without_tls_is_not_asked(variable: str, identity: AzureIdentity) -> None:
    context = ManualClock().context(**{variable: "http://login.example"})

    found = failure(azure(identity, context=context))

    assert isinstance(found, Paused)
    assert "use https" in found.reason


# -- shared access signatures ----------------------------------------------------------------------

RESOURCE = "https://space.servicebus.windows.net/hub one"
SAS = SasOptions(RESOURCE, "send only", SecretStr("a/key+of="))


def signed_until(header: str) -> int:
    """The end of a good signature."""
    scheme, _, fields = header.partition(" ")
    assert "SharedAccessSignature" == scheme
    values = dict(parse_qsl(fields, strict_parsing=True))
    assert ["sr", "sig", "se", "skn"] == list(values)
    assert (RESOURCE, "send only") == (values["sr"], values["skn"])
    # What is signed is the resource as it stands in the header, encoded.
    resource = fields.partition("&")[0].removeprefix("sr=")
    made = hmac.digest(b"a/key+of=", f"{resource}\n{values['se']}".encode(), "sha256")
    assert made == base64.b64decode(values["sig"], validate=True)
    return int(values["se"])


def test_signature_holds_for_an_hour_and_is_made_anew_before_its_end() -> None:
    clock = ManualClock()
    sas = _sas.credentials(SAS, clock.context())

    first = authorization(sas)
    assert START + 3600 == signed_until(first)
    clock.now += 3374
    assert first == authorization(sas)
    clock.now += 1
    assert START + 3375 + 3600 == signed_until(authorization(sas))


def test_signature_is_the_one_that_azures_example_makes() -> None:
    # Made by the Python program in Azure's documentation.
    resource = "sb://space.servicebus.windows.net/hub"
    key = SecretStr("SGVsbG8sIHdvcmxkIQ==")
    options = SasOptions(resource, "RootManageSharedAccessKey", key)

    assert (
        "SharedAccessSignature sr=sb%3A%2F%2Fspace.servicebus.windows.net%2Fhub"
        "&sig=8UDk5oyn9FInkQTRbylFavQfyIG%2FAwVXL2CeDqDq4k0%3D&se=1800003600&skn=RootManageSharedAccessKey"
    ) == authorization(_sas.credentials(options, ManualClock().context()))


def test_refusal_of_a_fresh_signature_is_the_backends_answer() -> None:
    with serving(always(Reply(401))) as backend:
        sas = _sas.credentials(SAS, ManualClock().context())

        assert 401 == status_of(send_to(backend, sas))
        assert 1 == backend.count
