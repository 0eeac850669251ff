"""AWS Signature Version 4, with the published vectors; keys from botocore's own chain."""

import hmac
import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from botocore.credentials import ReadOnlyCredentials

from credentials_support import (
    IMPATIENCE,
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
from python.parts import _sigv4
from python.parts._credentials import CredentialsContext, send
from python.parts._http import HttpClient, HttpRequest, HttpResponse
from python.parts._sigv4 import SigV4Credentials, SigV4Options
from python.parts._token import Issued
from support import PATIENCE

VECTORS = json.loads(
    Path(__file__).parent.parent.joinpath("credentials/sigv4_vectors.json").read_text("utf-8")
)["vectors"]

# Vectors that are about what no request here can be.
LEFT_OUT = {
    # A header has no line break in it, and no name twice: headers here are a mapping.
    "get-header-value-multiline",
    "get-header-key-duplicate",
    "get-header-value-order",
    # A URL loses its dot segments when it is parsed, before it is signed.
    "get-relative-relative-unnormalized",
    "get-relative-unnormalized",
    "get-slash-dot-slash-unnormalized",
    "get-slash-pointless-dot-unnormalized",
    # The session token is added without being signed, which AWS IoT alone wants.
    "post-sts-header-after",
}
# Vectors that take the path as it is and encode it once, as S3 alone wants it.  Their signatures
# are made for no service that does, so their canonical requests are what is compared.
FOR_S3 = {
    "get-slash-unnormalized",
    "get-slashes-unnormalized",
    "get-space-normalized",
    "get-space-unnormalized",
    "get-utf8",
}


@pytest.fixture(autouse=True)
def _nothing_around(tmp_path: Path) -> Iterator[None]:
    """No variable, no profile and no machine to take keys from."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    bare |= {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with patch.dict(os.environ, bare, clear=True):
        yield


def with_keys(monkeypatch: pytest.MonkeyPatch, key: str = "AKID", token: str | None = None) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    if token is not None:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)


def signer(
    service: str = "es", context: CredentialsContext | None = None, **changes: Any
) -> SigV4Credentials:
    options = SigV4Options(service, **({"region": "us-east-1"} | changes))
    return SigV4Credentials(options, context or ManualClock().context())


def signed(credentials: SigV4Credentials, url: str, body: bytes = b"event") -> HttpRequest:
    return credentials.authorize(HttpRequest("POST", url, {}, body))[0]


# -- the vectors -----------------------------------------------------------------------------------


class Circumstances:
    """Where and when a vector is signed, and with what."""

    def __init__(self, vector: dict[str, Any]) -> None:
        # Two come without a context; the date in their canonical requests is this.
        context = vector["context"] or {"timestamp": "2021-05-11T15:40:45Z"}
        keys = context.get("credentials", {})
        self.key = keys.get("access_key_id", "AKIDEXAMPLE")
        self.secret = keys.get("secret_access_key", "secret")
        self.token = keys.get("token")
        self.service = "s3" if vector["name"] in FOR_S3 else context.get("service", "service")
        self.region = context.get("region", "us-east-1")
        self.moment = datetime.fromisoformat(context["timestamp"].replace("Z", "+00:00"))
        self.sends_body_hash = bool(context.get("sign_body"))

    def sign(self, request: HttpRequest) -> str:
        options = SigV4Options(self.service, self.region, self.sends_body_hash)
        context = CredentialsContext(60.0, self.moment.timestamp)
        credentials = SigV4Credentials(options, context)
        keys = _sigv4._Keys(ReadOnlyCredentials(self.key, self.secret, self.token), self.region)
        credentials._chain.issue = lambda: Issued(keys, None)  # type: ignore[method-assign]
        return authorization_in(credentials.authorize(request)[0])

    def signature(self, canonical: str) -> str:
        """The signature of a canonical request, step by step as the guide has it."""
        moment = self.moment.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        digest = sha256(canonical.encode()).hexdigest()
        key = b"AWS4" + self.secret.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
        return hmac.digest(key, text.encode(), "sha256").hex()


def authorization_in(request: HttpRequest) -> str:
    return request.headers["authorization"]


def parsed(text: str) -> HttpRequest:
    head, _, body = text.partition("\n\n")
    first, *lines = head.splitlines()
    method, _, rest = first.partition(" ")
    headers = dict(line.split(":", 1) for line in lines if line)
    host = headers.pop("Host")
    headers = {name: value for name, value in headers.items() if name.lower() != "x-amz-date"}
    url = f"https://{host}{rest.removesuffix(' HTTP/1.1')}"
    return HttpRequest(method, url, headers, body.encode())


@pytest.mark.parametrize(
    "vector", [pytest.param(v, id=v["name"]) for v in VECTORS if v["name"] not in LEFT_OUT]
)
def test_published_vectors_are_signed_as_published(vector: dict[str, Any]) -> None:
    circumstances = Circumstances(vector)

    made = circumstances.sign(parsed(vector["request"]))

    assert circumstances.signature(vector["canonical"]) == made.rpartition("=")[2]
    if vector["context"] and vector["name"] not in FOR_S3:
        lines = vector["signed"].splitlines()
        published = [line for line in lines if line.startswith("Authorization:")]
        assert published[-1].removeprefix("Authorization:") == made


def test_no_vector_is_left_out_without_being_named() -> None:
    names = {vector["name"] for vector in VECTORS}

    assert 40 == len(names)
    assert names >= LEFT_OUT | FOR_S3


# -- what is signed --------------------------------------------------------------------------------


def test_session_token_is_sent_and_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch, token="s3ssion")

    request = signed(signer(), "https://search.example/_bulk")

    assert "s3ssion" == request.headers["x-amz-security-token"]
    names = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
    assert names in authorization_in(request)
    assert "s3cret" not in authorization_in(request)


def test_hash_is_that_of_the_body_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch)

    headers = signed(signer("aoss"), "https://search.example/_bulk").headers

    assert sha256(b"event").hexdigest() == headers["x-amz-content-sha256"]


def test_every_attempt_is_signed_with_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch)
    clock = ManualClock()
    credentials = signer(context=clock.context())

    first = signed(credentials, "https://search.example/")
    clock.now += 1
    second = signed(credentials, "https://search.example/")

    assert "20270115T080000Z" == first.headers["x-amz-date"]
    assert "20270115T080001Z" == second.headers["x-amz-date"]
    assert authorization_in(first) != authorization_in(second)


@pytest.mark.parametrize(
    ("service", "signature"),
    [
        ("s3", "7f3587a756ed1b2ae6d28aee064a1fca4eac9349db7fb55a48a6c9ad4a22969b"),
        ("es", "68e32f29b4109c37480335f05a138e235d830fbef788826b4c98a8330d40118b"),
    ],
)
def test_objects_of_s3_are_signed_under_the_path_they_are_sent_to(
    monkeypatch: pytest.MonkeyPatch, service: str, signature: str
) -> None:
    # The values that the Rust test has too.
    with_keys(monkeypatch)

    request = signed(signer(service), "https://bucket.s3.amazonaws.com/a//b%20c")

    assert authorization_in(request).endswith(f"Signature={signature}")


def test_url_is_signed_as_the_client_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch)
    with serving(always(Reply(200))) as backend:
        request = signed(signer(), f"{backend.url}/a b/é?q=x y&p=1")

        assert f"{backend.url}/a%20b/%C3%A9?q=x%20y&p=1" == request.url


def test_url_that_is_none_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch)
    credentials = signer()

    with pytest.raises(Exception, match="its URL is not valid"):
        signed(credentials, "http://[::1/")


def arrived(asked: Asked, secret: str) -> str:
    """The signature that what arrived should have, from nothing but that."""
    fields = dict(
        field.split("=", 1) for field in asked.headers["authorization"].split(" ", 1)[1].split(", ")
    )
    names = fields["SignedHeaders"].split(";")
    path, _, query = asked.target.partition("?")
    lines = [
        *(asked.method, quote(path, safe="/~"), "&".join(sorted(query.split("&")))),
        *(f"{name}:{asked.headers[name]}" for name in names),
        *("", ";".join(names), sha256(asked.body).hexdigest()),
    ]
    circumstances = Circumstances({"name": "", "context": None})
    circumstances.secret, circumstances.service = secret, fields["Credential"].split("/")[3]
    moment = datetime.strptime(asked.headers["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    circumstances.moment = moment
    return circumstances.signature("\n".join(lines))


def test_what_arrives_is_what_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch, token="s3ssion")
    with serving(always(Reply(200))) as backend:
        client = HttpClient(PATIENCE, 1, backend.url)
        url = f"{backend.url}/logs/a%2Fb/_bulk?timeout=60&filter=a%2Cb"
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        send(client, signer(), HttpRequest("POST", url, headers, b"\x1f\x8b"))
        client.close()

        asked = backend.asked[0]
        assert asked.headers["authorization"].endswith(f"Signature={arrived(asked, 's3cret')}")
        names = "content-encoding;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security"
        assert f"SignedHeaders={names}-token," in asked.headers["authorization"]


# -- where keys come from --------------------------------------------------------------------------


def test_region_comes_from_the_environment_then_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_keys(monkeypatch)
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    for variables, region in (
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({}, "eu-north-1"),
    ):
        credentials = signer(context=ManualClock().context(**variables), region=None)
        assert f"/{region}/es/" in authorization(credentials)


def test_nothing_to_take_from_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Paused("no region: set `region` or AWS_REGION") == failure(signer(region=None))
    found = failure(signer())
    assert isinstance(found, Paused)
    assert found.reason.startswith("AWS credentials: none found")
    monkeypatch.setenv("AWS_PROFILE", "absent")
    found = failure(signer())
    assert Paused("AWS credentials: The config profile (absent) could not be found") == found


def container(number: int) -> Reply:
    return reply(
        200,
        {
            "AccessKeyId": f"AKID{number}",
            "SecretAccessKey": "s3cret",
            "Token": "s3ssion",
            "Expiration": "2100-01-01T00:00:00Z",
        },
    )


def test_keys_of_a_container_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock()
    with serving(lambda _, number: container(number)) as service:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url)
        credentials = signer(context=clock.context())

        assert "AKID1/" in authorization(credentials)
        # Asked again is botocore, which knows that they hold.
        clock.now += 3600
        assert "AKID1/" in authorization(credentials)
        assert 1 == service.count


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b""),
        (403, b'{"__type":"ExpiredTokenException"}'),
        (400, b"<Error><Code>ExpiredToken</Code></Error>"),
        (403, b'{"message":"The security token included in the request is expired"}'),
        (400, b'{"__type":"com.amazon.coral.service#UnrecognizedClientException"}'),
    ],
)
def test_expired_keys_are_replaced_once_whatever_the_status(
    monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    def answer(asked: Asked, number: int) -> Reply:
        is_old = "AKID1/" in asked.headers["authorization"]
        return Reply(status, body) if is_old and number > 1 else Reply(200)

    with serving(lambda _, number: container(number)) as service, serving(answer) as backend:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", service.url)
        credentials = signer()

        assert 200 == status_of(send_to(backend, credentials))
        assert 200 == status_of(send_to(backend, credentials))
        assert (2, 3) == (service.count, backend.count)


def test_keys_in_a_file_are_read_again_after_a_refusal(tmp_path: Path) -> None:
    file = tmp_path / "credentials"

    def write(key: str) -> None:
        file.write_text(f"[default]\naws_access_key_id = {key}\naws_secret_access_key = s3cret\n")

    def answer(_: Asked, number: int) -> Reply:
        return Reply(403, b"<Code>InvalidClientTokenId</Code>") if number == 2 else Reply(200)

    write("OLD")
    with serving(answer) as backend:
        credentials = signer()
        send_to(backend, credentials)
        write("NEW")

        assert 200 == status_of(send_to(backend, credentials))
        keys = [asked.headers["authorization"].split("=")[1][:3] for asked in backend.asked]
        assert ["OLD", "OLD", "NEW"] == keys


@pytest.mark.parametrize(
    "denied",
    [
        b'{"__type":"AccessDeniedException"}',
        b'{"message":"event 7: ExpiredToken","failed":[{"code":"ExpiredToken"}]}',
        b"ExpiredToken",
        b"[7]",
        b"",
    ],
)
def test_other_refusals_are_the_backends_answer(
    monkeypatch: pytest.MonkeyPatch, denied: bytes
) -> None:
    with_keys(monkeypatch)
    with serving(lambda _, n: Reply(200) if n == 1 else Reply(403, denied)) as backend:
        credentials = signer()
        send_to(backend, credentials)

        answer = send_to(backend, credentials)

        assert isinstance(answer, HttpResponse)
        assert (403, denied, 2) == (answer.status, answer.body, backend.count)


def web_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: Server) -> None:
    file = tmp_path / "web-identity"
    file.write_text("s3cret-assertion")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/writer")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", service.url)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, "AccessDenied", Paused), (400, "InvalidIdentityToken", Paused), (503, "X", Transient)],
)
def test_refusal_of_a_role_pauses_and_trouble_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, code: str, kind: type
) -> None:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    with serving(always(Reply(status, body.encode()))) as service:
        web_identity(monkeypatch, tmp_path, service)

        found = failure(signer())

        assert kind is type(found)
        assert f"AWS credentials: {code}: no" == found.reason
        assert 1 == service.count, "asked once, without the SDK's own retries"


def test_source_that_never_answers_is_an_outage_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun = threading.Semaphore(0)
    with serving(always(Reply(fault="silence"))) as service:
        web_identity(monkeypatch, tmp_path, service)
        credentials = signer(context=ManualClock().context(IMPATIENCE))
        load = credentials._chain._load

        def slow() -> Any:
            begun.release()
            service.over.wait()
            return load()

        credentials._chain._load = slow  # type: ignore[method-assign]

        found = [failure(credentials) for _ in range(3)]

        assert [Transient("AWS credentials: no answer within 0.1 s")] * 3 == found
        assert begun.acquire(timeout=PATIENCE)
        assert not begun.acquire(blocking=False), "a late one is waited for, not begun again"


def test_keys_can_still_be_looked_up_while_the_interpreter_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_keys(monkeypatch)

    with patch.object(threading.Thread, "start", side_effect=RuntimeError):
        assert "AKID/" in authorization(signer())


def test_keys_print_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with_keys(monkeypatch, token="s3ssion")
    keys, _ = signer()._cache._fetch()

    assert "_Keys(***)" == repr(keys)
