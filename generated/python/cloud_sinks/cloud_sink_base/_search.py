"""
The search for the bad events of a refused request.  Decides only.

Halves are sent until the bad events stand alone.  When everything is refused with one and the same
text, the request, its halves and two lone events, no event is to blame: the form is wrong.
"""

from dataclasses import dataclass
from enum import Enum, auto

# A request and its halves.
_DOUBT = 3
_LONE_PROOFS = 2

_REQUESTS_OF_A_HALVING = 2


class Step(Enum):
    """What follows from a refusal."""

    HALVE = auto()
    """Send both halves."""
    ONE_BY_ONE = auto()
    """Send its events alone, until it is clear what is to blame."""
    HOLD = auto()
    """Keep a lone event until then."""
    GIVE_UP = auto()
    """The event is bad."""
    WRONG_FORM = auto()
    """No event is to blame."""


@dataclass
class Search:
    """
    One search, shared by all parts of the request it began with.

    Attributes:
        allowance: Requests it may take without any progress.
        left: What is left of them.
        understood: Requests the provider had understood when it began.
        text: What the first refusal said.
        alike: Refusals until now, which all said the same.
        lone: Those of them that were of lone events.
        blames_events: Whether a refusal said something else, or something was stored meanwhile.
    """

    allowance: int
    left: int
    understood: int
    text: str
    alike: int = 0
    lone: int = 0
    blames_events: bool = False

    @classmethod
    def of(cls, events: int, understood: int, text: str) -> "Search":
        """Return a search through some events."""
        allowance = 8 * ((events - 1).bit_length() + 1)
        return cls(allowance, allowance, understood, text)

    def refused(
        self, events: int, understood: int, text: str, *, was_held: bool, others_under_way: bool
    ) -> Step:
        """Decide what to do with a part of so many events that was refused."""
        if text != self.text or understood != self.understood:
            self.blames_events = True
        if self.blames_events:
            return Step.GIVE_UP if events == 1 else Step.HALVE
        if was_held:
            return Step.HOLD if others_under_way else Step.GIVE_UP
        self.alike += 1
        if events > 1:
            return Step.ONE_BY_ONE if self.alike >= _DOUBT else Step.HALVE
        self.lone += 1
        is_proved = self.alike >= _DOUBT and self.lone >= _LONE_PROOFS
        return Step.WRONG_FORM if is_proved else Step.HOLD

    def doubts_form(self, understood: int) -> bool:
        """Tell whether to send lone events only."""
        is_alike = not self.blames_events and self.understood == understood
        return is_alike and self.alike >= _DOUBT

    def may_halve(self) -> bool:
        """
        Take two requests from the allowance.

        False when it is used up: a search that meets nothing but refusals must end before it has
        tried every event.
        """
        allowed = self.left >= _REQUESTS_OF_A_HALVING
        if allowed:
            self.left -= _REQUESTS_OF_A_HALVING
        return allowed

    def progressed(self) -> None:
        """Note that some of it got through: the search is worth going on with."""
        self.left = self.allowance
