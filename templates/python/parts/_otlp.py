"""Values in the JSON form of OpenTelemetry's ``AnyValue``."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from ._rest import plain_json

_SMALLEST_INT = -(2**63)
_LARGEST_INT = 2**63 - 1


def otlp_value(value: object) -> dict[str, object]:
    """Return an ``AnyValue``: whole numbers are texts, others doubles, a null is an empty value."""
    value = plain_json(value)
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and _SMALLEST_INT <= value <= _LARGEST_INT:
        return {"intValue": str(value)}
    if isinstance(value, int | float):
        return {"doubleValue": float(value)} if math.isfinite(value) else {}
    if isinstance(value, list):
        return {"arrayValue": {"values": [otlp_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": otlp_attributes(value)}}
    return {}


def otlp_attributes(
    members: Mapping[str, Any], without: Collection[str] = ()
) -> list[dict[str, object]]:
    """Return members, those of some keys left out, as a list of ``KeyValue``."""
    return [
        {"key": key, "value": otlp_value(value)}
        for key, value in members.items()
        if key not in without
    ]
