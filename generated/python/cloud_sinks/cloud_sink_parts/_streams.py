"""Groups records by label set, with a guard against too many of them."""

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ..cloud_sink_base import Event, Records, dumps, enclosed, lookup, value_text

_TEXTS = ("level", "logger", "message")
_NOT_IN_A_NAME = re.compile("[^A-Za-z0-9_]")


@dataclass(frozen=True)
class Label:
    """
    One label of a stream.

    Attributes:
        name: Its name; characters a name cannot have become ``_``.
        value: Its value; None when it comes from the event.
        otherwise: Its value where the event gives none.
    """

    name: str
    value: str | None = None
    otherwise: str | None = None


class EventLabel:
    """
    A label that a setting takes from the event.

    Args:
        reference:
            ``level``, ``logger``, ``message`` or ``context.KEY``, a ``/`` stepping into nested
            objects.  The label has the name of the last step.
    """

    def __init__(self, reference: str) -> None:
        self._part, _, path = reference.partition(".")
        self._path = tuple(path.split("/")) if path else ()
        self.name = self._path[-1] if self._path else reference

    @staticmethod
    def is_known(reference: str) -> bool:
        """Tell whether a reference names something that events have."""
        part, separator, path = reference.partition(".")
        if not separator:
            return part in _TEXTS
        return part in ("context", "diagnostics", "data") and all(path.split("/"))

    def value(self, event: Event) -> str | None:
        """Return the label's value as text; None and empty text leave it out."""
        part = getattr(event, self._part)
        return value_text(lookup(part, *self._path) if self._path else part)


class StreamLabels:
    """
    Turns the values an event gives its labels into the JSON text of a label set.

    A label set is an index entry at the provider.  Beyond ``max_streams`` of them every value that
    comes from an event becomes ``overflow_value``.

    Args:
        labels:
            In the order they are written; the first of a name counts.
        max_streams:
            Distinct label sets this sink may make.
        overflow_value:
            What a value becomes beyond that.
    """

    def __init__(self, labels: Sequence[Label], max_streams: int, overflow_value: str) -> None:
        self._labels = [replace(label, name=label_name(label.name)) for label in labels]
        self._max_streams = max_streams
        self._overflow_value = overflow_value
        self._known: dict[tuple[str | None, ...], str] = {}
        self._overflowed: dict[tuple[bool, ...], str] = {}
        self._lock = threading.Lock()

    def group(self, values: tuple[str | None, ...]) -> str:
        """
        Return a label set.

        Args:
            values:
                One for each label without a value of its own, in their order; None and empty
                text leave the label out.
        """
        known = self._known.get(values)
        return self._add(tuple([value or None for value in values])) if known is None else known

    def _add(self, values: tuple[str | None, ...]) -> str:
        with self._lock:
            if values in self._known or len(self._known) < self._max_streams:
                return self._known.setdefault(values, self._write(values))
            # Not remembered by value: what grows without end is why the guard is here.
            present = tuple([value is not None for value in values])
            if present not in self._overflowed:
                replaced = tuple(self._overflow_value if here else None for here in present)
                self._overflowed[present] = self._write(replaced)
            return self._overflowed[present]

    def _write(self, values: tuple[str | None, ...]) -> str:
        from_event = iter(values)
        result: dict[str, str] = {}
        for label in self._labels:
            value = next(from_event) if label.value is None else label.value
            value = value or label.otherwise
            if value and label.name not in result:
                result[label.name] = value
        return dumps(result).decode()


def label_name(name: str) -> str:
    """Return a name with only letters, digits and ``_``, not starting with a digit."""
    clean = _NOT_IN_A_NAME.sub("_", name)
    return f"_{clean}" if clean[:1].isdigit() else clean


def check_labels(
    settings: Mapping[str, Mapping[str, str] | Sequence[str]],
    most: int | None = None,
    named: Collection[str] = (),
    uncounted: Collection[str] = (),
) -> None:
    """
    Hold the labels that settings ask for against what the provider takes.

    Later it would refuse every event.

    Args:
        settings:
            By their names, in order: pairs, or references to parts of events.
        most:
            Labels a stream may have.
        named:
            Labels that are there whatever the settings say.
        uncounted:
            Labels that come for nothing.

    Raises:
        ValueError: The provider would refuse them.
    """
    names = set(named)
    for setting, asked in settings.items():
        for given in asked:
            names.add(_label(setting, given, is_reference=not isinstance(asked, Mapping)))
        count = len(names.difference(uncounted))
        if most is not None and count > most:
            message = f"`{setting}` makes it {count} labels, {most} are taken: remove some"
            raise ValueError(message)


def _label(setting: str, given: str, *, is_reference: bool) -> str:
    if is_reference and not EventLabel.is_known(given):
        known = "`level`, `logger`, `message`, a key such as `context.tenant_id`"
        message = f"`{setting}`: {given!r} is none of {known}"
        raise ValueError(message)
    name = label_name(EventLabel(given).name if is_reference else given)
    if not name or name.startswith("__"):
        why = "names are not empty and do not start with `__`, which is reserved"
        message = f"`{setting}`: {given!r} cannot be a label: {why}"
        raise ValueError(message)
    return name


def write_streams(records: Records) -> bytes:
    """Return ``{"streams":[{"stream":{…},"values":[r,r]},…]}``, groups as they first appear."""
    groups: dict[str, list[bytes]] = {}
    for group, data in zip(records.groups, records.bytes, strict=True):
        groups.setdefault(group or "{}", []).append(data)
    for name, values in groups.items():
        values[0] = b'{"stream":%b,"values":[%b' % (name.encode(), values[0])
        values[-1] += b"]}"
    return enclosed(b'{"streams":[', list(chain.from_iterable(groups.values())), b"]}")
