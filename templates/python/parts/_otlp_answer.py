"""
Answers of OTLP receivers, which come as protobuf where the request was protobuf.

They become the JSON that the provider's rules read: ``ExportLogsServiceResponse`` of an answer that
says yes, ``google.rpc.Status`` of one that says no.
"""

import functools
from collections.abc import Callable, Iterator

import orjson

from ..cloud_sink_base import Outcome
from ._http import HttpResponse

_PROTOBUF = ("application/x-protobuf", "application/protobuf")
_SUCCESS = range(200, 300)
_SIGN = 2**63


def reads_protobuf(
    classify: Callable[[HttpResponse], Outcome],
) -> Callable[[HttpResponse], Outcome]:
    """Return a reading of answers that reads protobuf as the JSON of the same message."""

    @functools.wraps(classify)
    def read(response: HttpResponse) -> Outcome:
        text = as_json(response)
        if text is None:
            return classify(response)
        answer = HttpResponse(response.status, response.headers, text, response.events)
        return classify(answer)

    return read


def as_json(response: HttpResponse) -> bytes | None:
    """
    Return the JSON text of an answer's body; None where the body is not protobuf.

    A receiver that stored everything may answer with nothing at all, which is the empty message.
    """
    is_yes = response.status in _SUCCESS
    if is_yes and not response.body:
        return b"{}"
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _PROTOBUF:
        return None
    try:
        said = _success(response.body) if is_yes else _said(response.body, "code", "message")
    except ValueError:
        return None
    return orjson.dumps(said)


def _success(message: bytes) -> dict[str, object]:
    success: dict[str, object] = {}
    for number, value in _fields(message):
        if number == 1 and isinstance(value, bytes):
            # A field that comes twice counts as it came last.
            success["partialSuccess"] = _said(value, "rejectedLogRecords", "errorMessage")
    return success


def _said(message: bytes, number_name: str, text_name: str) -> dict[str, object]:
    """Return a message of a number and a text."""
    said: dict[str, object] = {}
    for number, value in _fields(message):
        if number == 1 and isinstance(value, int):
            said[number_name] = value - 2 * _SIGN if value >= _SIGN else value
        elif number == 2 and isinstance(value, bytes):  # noqa: PLR2004  number of the text
            said[text_name] = value.decode("utf-8", "replace")
    return said


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """
    Yield numbers and values of a message's fields.

    Raises:
        ValueError: It is cut off, or no message.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
                yield tag >> 3, value
                continue
            case 1:
                length = 8
            case 2:
                length, at = _varint(message, at)
            case 5:
                length = 4
            case _:
                raise ValueError(tag)
        end = at + length
        if end > len(message):
            raise ValueError(end)
        yield tag >> 3, message[at:end]
        at = end


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:  # noqa: PLR2004  the last digit
            return value % 2**64, at + place + 1
    raise ValueError(at)
