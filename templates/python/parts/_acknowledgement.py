"""
Waits until a provider says that it has stored what it took.

Its answer to a batch carries an id, and a question about that id is asked until it is acknowledged.
A question that fails is asked again: what is not stored yet and what nobody answers look the same
from here.  Without an acknowledgement in time the batch is sent again, so its events may be stored
twice.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import orjson

from ..cloud_sink_base import Delivered, Outcome, Paused, Transient
from ._answers import parse, pointed
from ._http import HttpRequest, HttpResponse, describe

# The first pause before a question; those after it are twice as long each.
FIRST_PAUSE_SECONDS = 0.1


class Acknowledgement:
    """
    The question of one provider; usable from several threads.

    Args:
        question:
            What is asked, ``{id}`` in its body; its headers are those of the batch it is about.
        answered_id:
            JSON pointer to the id in the answer to a batch.
        acknowledged:
            JSON pointer to what is true in the answer to the question, ``{id}`` in it.
        every:
            Longest pause between two questions, in seconds.
        within:
            How long the acknowledgement may take, in seconds.
    """

    def __init__(
        self,
        question: HttpRequest,
        answered_id: str,
        acknowledged: str,
        every: float,
        within: float,
    ) -> None:
        self.question = question
        self._answered_id = answered_id
        self._acknowledged = acknowledged
        self._every = every
        self._within = within
        self._ended = threading.Event()

    def confirm(
        self,
        ask: Callable[[HttpRequest], HttpResponse | Transient | Paused],
        batch: HttpRequest,
        answer: HttpResponse,
    ) -> Outcome:
        """Return what became of a batch that was answered as delivered."""
        found = pointed(parse(answer.body), self._answered_id)
        if not _is_id(found):
            return Paused(
                f"the answer has no id to ask about at `{self._answered_id}`: "
                "the provider acknowledges nothing"
            )
        headers = {name: text for name, text in batch.headers.items() if name != "content-encoding"}
        headers["content-type"] = "application/json"
        body = self.question.body.replace(b"{id}", orjson.dumps(found))
        question = replace(self.question, headers=headers, body=body)
        place = self._acknowledged.replace("{id}", _step(str(found)))
        end = time.monotonic() + self._within
        pause, said = min(FIRST_PAUSE_SECONDS, self._every), "no question was answered"
        while (left := end - time.monotonic()) > 0 and not self._ended.wait(min(pause, left)):
            reply = ask(question)
            if isinstance(reply, Transient | Paused):
                said = reply.reason
            elif reply.status in range(200, 300) and pointed(parse(reply.body), place) is True:
                return Delivered()
            else:
                said = describe(reply)
            pause = min(pause * 2, self._every)
        return Transient(f"not acknowledged within {self._within:g} s, perhaps stored: {said}")

    def end(self) -> None:
        """Wait no longer."""
        self._ended.set()


def _is_id(found: object) -> bool:
    """Tell whether it is a number or a text."""
    is_number = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    return is_number or (isinstance(found, str) and found != "")


def _step(text: str) -> str:
    """Return a text as a step of a JSON pointer."""
    return text.replace("~", "~0").replace("/", "~1")
