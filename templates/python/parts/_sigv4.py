"""
AWS Signature Version 4 over plain HTTP, for services that are spoken to without an SDK.

Keys come from botocore's default chain: environment, profile, web identity, container, instance
metadata.  The signature covers every header, the final URL and the body as it is sent, so each
attempt is signed anew.  Source: "AWS Signature Version 4 for API requests", IAM User Guide.

Needs ``_token`` with what that needs; packages: ``botocore>=1.34``.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import sha256
from http import HTTPStatus

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials, RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    InvalidConfigError,
    PartialCredentialsError,
    ProfileNotFound,
    UnknownCredentialError,
)
from botocore.session import Session

from ..cloud_sink_base import mute_own_requests
from ..cloud_sink_base._reporter import mark_delivery_thread
from ._credentials import CredentialsContext, CredentialsError, outage, refused
from ._http import HttpRequest, HttpResponse
from ._token import Cache, Issued

# Codes by which services refuse keys that newer ones may replace.  Source: "Common errors" in the
# services' API references.
_KEY_REFUSALS = (
    "ExpiredToken",
    "InvalidClientTokenId",
    "RequestExpired",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
)
# Codes by which the services that issue keys refuse.
_TOKEN_REFUSALS = (
    "AccessDenied",
    "ExpiredToken",
    "InvalidIdentityToken",
    "Unauthorized",
    "ValidationError",
)
# botocore renews keys itself, ten minutes before their end at the latest; it is asked this often.
_ASKED_EVERY = 300.0


@dataclass(frozen=True)
class SigV4Options:
    """
    What is signed for.

    Attributes:
        service: Service in the signature's scope: ``es``, ``aoss``, ``firehose``, ``logs``, ``s3``.
        region: Region; None: ``AWS_REGION``, ``AWS_DEFAULT_REGION``, the profile.
        sends_body_hash: Send the body's hash as ``x-amz-content-sha256`` too: S3 and OpenSearch
            Serverless want it, the others do not mind.
    """

    service: str
    region: str | None = None
    sends_body_hash: bool = True


@dataclass(frozen=True)
class _Keys:
    """Keys, and the region found with them; prints neither."""

    credentials: ReadOnlyCredentials
    region: str

    def __repr__(self) -> str:
        return "_Keys(***)"


class SigV4Credentials:
    """Signs requests; nothing is looked up before the first one."""

    def __init__(self, options: SigV4Options, context: CredentialsContext) -> None:
        self._options = options
        self._clock = context.clock
        self._chain = _KeyChain(options, context)
        self._cache = Cache(self._chain, context)

    def authorize(self, request: HttpRequest) -> tuple[HttpRequest, int]:
        """
        Sign a request, and say with which issue of the keys.

        Raises:
            CredentialsError: There are none, or the request cannot be signed.
        """
        keys, issue = self._cache.get()
        return self._sign(request, keys), issue

    def is_refusal(self, response: HttpResponse) -> bool:
        """Tell whether keys were refused: services say so with 403 and 400 too, and a code."""
        if response.status == HTTPStatus.UNAUTHORIZED:
            return True
        if response.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN):
            return False
        return _says_keys_are_old(response)

    def accepted(self, issue: int) -> None:
        """Hear that the backend has taken this issue."""
        self._cache.accepted(issue)

    def refused(self, issue: int) -> bool:
        """Hear that the backend has refused this issue; tell whether another is worth a try."""
        is_worth_another = self._cache.refused(issue)
        if is_worth_another:
            self._chain.forget()
        return is_worth_another

    def _sign(self, request: HttpRequest, keys: _Keys) -> HttpRequest:
        try:
            # As it will be sent: the client encodes what is not.
            url = str(httpx.URL(request.url))
        except (httpx.InvalidURL, ValueError):
            message = "cannot sign the request: its URL is not valid"
            raise refused(message) from None
        signed = AWSRequest(request.method, url, dict(request.headers), request.body)
        if self._options.sends_body_hash:
            signed.headers["x-amz-content-sha256"] = sha256(request.body).hexdigest()
        moment = datetime.fromtimestamp(self._clock(), timezone.utc)
        kind = _S3Signer if self._options.service == "s3" else _Signer
        kind(keys.credentials, self._options.service, keys.region).sign(signed, moment)
        headers = {name.lower(): value for name, value in signed.headers.items()}
        return replace(request, url=url, headers=headers)


def _says_keys_are_old(response: HttpResponse) -> bool:
    """
    Look where services put the code, in a header, JSON or XML.

    Nowhere else: a refusal may quote events.
    """
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        answer = None
    fields = answer if isinstance(answer, dict) else {}
    element = response.body.partition(b"<Code>")[2].partition(b"</Code>")[0]
    codes = (
        response.headers.get("x-amzn-errortype", ""),
        str(fields.get("__type", "")),
        str(fields.get("code", "")),
        element.decode("utf-8", "replace"),
    )
    if any(known in code for known in _KEY_REFUSALS for code in codes):
        return True
    # OpenSearch tells it in words.
    said = str(fields.get("message", ""))
    return said.startswith("The security token included in the request is")


class _Signer(SigV4Auth):
    """botocore's signer, on a clock that is given to it."""

    def sign(self, request: AWSRequest, moment: datetime) -> None:
        """Do what ``add_auth`` does, which also logs the session token."""
        timestamp = moment.strftime("%Y%m%dT%H%M%SZ")
        request.context["timestamp"] = request.headers["x-amz-date"] = timestamp
        if self.credentials.token:
            request.headers["x-amz-security-token"] = self.credentials.token
        text = self.string_to_sign(request, self.canonical_request(request))
        names = self.signed_headers(self.headers_to_sign(request))
        request.headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.scope(request)}, SignedHeaders={names}, "
            f"Signature={self.signature(text, request)}"
        )


class _S3Signer(_Signer):
    """The same for S3, whose keys may hold ``//`` and ``..``."""

    def _normalize_url_path(self, path: str) -> str:
        return path


class _KeyChain:
    """botocore's default chain, built anew after a refusal so that changed files are read."""

    name = "AWS credentials"

    def __init__(self, options: SigV4Options, context: CredentialsContext) -> None:
        self._region = options.region
        self._context = context
        self._found: tuple[Credentials, str] | None = None
        self._loading: _Loading | None = None

    def forget(self) -> None:
        """Look everything up again the next time."""
        self._found = None

    def issue(self) -> Issued[_Keys]:
        """
        Return the keys as they are now.

        Raises:
            CredentialsError: There are none, or they were not found in time.
        """
        # One that is late is waited for again rather than begun again.
        loading = self._loading = self._loading or _Loading(self._load)
        limit = self._context.fetch_timeout
        if not loading.done.wait(limit):
            message = f"{self.name}: no answer within {limit:g} s"
            raise outage(message)
        self._loading = None
        if isinstance(loading.answer, CredentialsError):
            raise CredentialsError(loading.answer.outcome)
        return loading.answer

    def _load(self) -> Issued[_Keys]:
        try:
            found = self._found or self._find()
            keys = _Keys(found[0].get_frozen_credentials(), found[1])
        except ClientError as error:
            raise _not_issued(error) from None
        except (
            ConfigNotFound,
            ConfigParseError,
            InvalidConfigError,
            PartialCredentialsError,
            ProfileNotFound,
            UnknownCredentialError,
        ) as error:
            message = f"{self.name}: {error}"
            raise refused(message) from None
        except (BotoCoreError, OSError, ValueError) as error:
            # Of most, the text could quote what was read, so only the type is told.
            message = f"{self.name}: {type(error).__name__}"
            raise outage(message) from None
        self._found = found
        if isinstance(found[0], RefreshableCredentials):
            return Issued(keys, self._context.clock() + _ASKED_EVERY)
        return Issued(keys, None)

    def _find(self) -> tuple[Credentials, str]:
        session = Session()
        limit = self._context.fetch_timeout
        session.set_default_client_config(
            Config(connect_timeout=limit, read_timeout=limit, retries={"total_max_attempts": 1})
        )
        variable = self._context.variable
        region = self._region or variable("AWS_REGION") or variable("AWS_DEFAULT_REGION")
        region = region or session.get_config_variable("region")
        if not region:
            message = "no region: set `region` or AWS_REGION"
            raise refused(message)
        credentials = session.get_credentials()
        mute_own_requests("botocore", "urllib3")
        if credentials is None:
            message = f"{self.name}: none found in the environment, the profile or on the machine"
            raise refused(message)
        return credentials, region


class _Loading:
    """
    Looks keys up on a thread of its own.

    Nothing else bounds how long that takes: a profile may name a program.

    Attributes:
        done: Set when there is an answer.
        answer: The keys, or why there are none.
    """

    answer: Issued[_Keys] | CredentialsError = outage("AWS credentials: looking them up failed")

    def __init__(self, load: Callable[[], Issued[_Keys]]) -> None:
        self._load = load
        self.done = threading.Event()
        thread = threading.Thread(target=self._run_aside, name="aws-credentials", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending
            self._run()

    def _run_aside(self) -> None:
        mark_delivery_thread()
        self._run()

    def _run(self) -> None:
        try:
            self.answer = self._load()
        except CredentialsError as error:
            self.answer = error
        finally:
            self.done.set()


def _not_issued(error: ClientError) -> CredentialsError:
    said = error.response.get("Error", {})
    code = said.get("Code", "")
    reason = f"AWS credentials: {code}: {said.get('Message', '')}"[:300]
    is_refusal = any(known in code for known in _TOKEN_REFUSALS)
    return refused(reason) if is_refusal else outage(reason)
