"""
OTLP logs as protobuf: the JSON form, written again as the same message in binary.

A value that does not fit its field is left out: of a trace that is no trace, a receiver would
refuse the whole request.
"""

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from ..cloud_sink_base import Records, dumps

# How a field goes over the wire: a message of its own, so many bytes in hexadecimal, or a word.
_Kind: TypeAlias = "str | int | _Message"


@dataclass(frozen=True, eq=False)
class _Message:
    """The JSON name of each field, its number and its kind; lists repeat their field."""

    fields: dict[str, tuple[int, _Kind]]


# Source: opentelemetry-proto 1.9, logs/v1/logs.proto, common/v1/common.proto and
# resource/v1/resource.proto.
_ANY_VALUE = _Message({})
_ARRAY = _Message({"values": (1, _ANY_VALUE)})
_KEY_VALUE = _Message({"key": (1, "text"), "value": (2, _ANY_VALUE)})
_KEY_VALUES = _Message({"values": (1, _KEY_VALUE)})
_ANY_VALUE.fields.update(
    {
        "stringValue": (1, "text"),
        "boolValue": (2, "bool"),
        "intValue": (3, "varint"),
        "doubleValue": (4, "double"),
        "arrayValue": (5, _ARRAY),
        "kvlistValue": (6, _KEY_VALUES),
        "bytesValue": (7, "bytes"),
    }
)
_LOG_RECORD = _Message(
    {
        "timeUnixNano": (1, "fixed64"),
        "severityNumber": (2, "varint"),
        "severityText": (3, "text"),
        "body": (5, _ANY_VALUE),
        "attributes": (6, _KEY_VALUE),
        "droppedAttributesCount": (7, "varint"),
        "flags": (8, "fixed32"),
        "traceId": (9, 16),
        "spanId": (10, 8),
        "observedTimeUnixNano": (11, "fixed64"),
        "eventName": (12, "text"),
    }
)
_SCOPE = _Message(
    {
        "name": (1, "text"),
        "version": (2, "text"),
        "attributes": (3, _KEY_VALUE),
        "droppedAttributesCount": (4, "varint"),
    }
)
_SCOPE_LOGS = _Message(
    {"scope": (1, _SCOPE), "logRecords": (2, _LOG_RECORD), "schemaUrl": (3, "text")}
)
_RESOURCE = _Message(
    {"attributes": (1, _KEY_VALUE), "droppedAttributesCount": (2, "varint")},
)
_RESOURCE_LOGS = _Message(
    {"resource": (1, _RESOURCE), "scopeLogs": (2, _SCOPE_LOGS), "schemaUrl": (3, "text")}
)
_REQUEST = _Message({"resourceLogs": (1, _RESOURCE_LOGS)})

_VARINT = 0
_EIGHT_BYTES = 1
_DELIMITED = 2
_FOUR_BYTES = 5

# Most bytes that the lengths around records grow by: two, of one byte to five.
GROWTH = 8

_RECORDS_TAG = bytes((2 << 3 | _DELIMITED,))
_PLACE = b"[null]"
_WHOLE = re.compile("[+-]?[0-9]+")
_HEXADECIMAL = re.compile("[0-9A-Fa-f]*")
_SMALLEST_INT = -(2**63)
_LARGEST_INT = 2**63 - 1


def otlp_record(record: object) -> bytes:
    """
    Return one record with its tag and its length.

    Raises:
        TypeError: As `dumps`.
    """
    writer = _Writer()
    writer.message(_LOG_RECORD, orjson.loads(dumps(record)))
    return _RECORDS_TAG + bytes(writer.out)


class OtlpEnvelope:
    """
    What stands around the records of a request.

    Args:
        envelope:
            The request as JSON, with ``RECORDS`` in their place.
    """

    def __init__(self, envelope: object) -> None:
        writer = _Writer()
        writer.message(_REQUEST, orjson.loads(dumps(envelope).replace(b"[\0]", _PLACE)))
        self._levels = writer.levels

    def around(self, records: Records) -> bytes:
        """Return the request with some records."""
        length = sum(map(len, records.bytes))
        before: list[bytes] = []
        for start, end in self._levels:
            length += len(start) + len(end)
            prefix = _varint(length)
            length += len(prefix)
            before += [start, prefix]
        # The request itself stands there without a length.
        before.pop()
        return b"".join([*reversed(before), *records.bytes, *(end for _, end in self._levels)])


class _Writer:
    """
    Writes messages from their JSON form.

    Attributes:
        out: What is written.
        levels: What stands before and after the records in each message that holds them, the
            innermost first.
    """

    def __init__(self) -> None:
        self.out = bytearray()
        self.levels: list[tuple[bytes, bytes]] = []
        self._place: int | None = None

    def message(self, message: _Message, value: dict[str, object]) -> None:
        """Write an object after its length; one around the records becomes a level instead."""
        start = len(self.out)
        for key, item in value.items():
            field = message.fields.get(key)
            if field is not None:
                self._field(*field, item)
        content = bytes(self.out[start:])
        del self.out[start:]
        if self._place is not None and self._place >= start:
            cut = self._place - start
            self.levels.append((content[:cut], content[cut:]))
            self._place = start
        else:
            self.out += _varint(len(content)) + content

    def _field(self, number: int, kind: _Kind, value: object) -> None:
        if isinstance(value, list):
            for item in value:
                if item is None and kind is _LOG_RECORD:
                    self._place = len(self.out)
                else:
                    self._field(number, kind, item)
        elif isinstance(kind, _Message):
            if isinstance(value, dict):
                self.out.append(number << 3 | _DELIMITED)
                self.message(kind, value)
        elif value is not None and not isinstance(value, dict):
            wire, content = _scalar(kind, value)
            if content is not None:
                self.out.append(number << 3 | wire)
                self.out += content


def _scalar(kind: str | int, value: object) -> tuple[int, bytes | None]:
    """Return how a value goes over the wire, and its bytes; None where it does not fit."""
    if isinstance(kind, int):
        return _DELIMITED, _delimited(_identifier(value, kind))
    match kind:
        case "text":
            text = value.encode() if isinstance(value, str) else orjson.dumps(value)
            return _DELIMITED, _delimited(text)
        case "bytes":
            return _DELIMITED, _delimited(_decoded(value))
        case "double":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return _EIGHT_BYTES, struct.pack("<d", value) if is_number else None
        case "bool":
            return _VARINT, bytes((value,)) if isinstance(value, bool) else None
        case "fixed32":
            number = _whole(value, 0, 2**32 - 1)
            return _FOUR_BYTES, None if number is None else number.to_bytes(4, "little")
        case "fixed64":
            number = _whole(value, 0, 2**64 - 1)
            return _EIGHT_BYTES, None if number is None else number.to_bytes(8, "little")
        case _:
            number = _whole(value, _SMALLEST_INT, _LARGEST_INT)
            # A negative number is the one above 2^63 with the same 64 bits.
            return _VARINT, None if number is None else _varint(number % 2**64)


def _whole(value: object, smallest: int, largest: int) -> int | None:
    if isinstance(value, str):
        value = int(value) if _WHOLE.fullmatch(value) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if smallest <= value <= largest else None


def _identifier(value: object, length: int) -> bytes | None:
    if not isinstance(value, str) or len(value) != 2 * length or not _HEXADECIMAL.fullmatch(value):
        return None
    return bytes.fromhex(value)


def _decoded(value: object) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _delimited(content: bytes | None) -> bytes | None:
    return None if content is None else _varint(len(content)) + content


def _varint(value: int) -> bytes:
    digits = bytearray()
    while value >= 0x80:  # noqa: PLR2004  more digits follow
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
