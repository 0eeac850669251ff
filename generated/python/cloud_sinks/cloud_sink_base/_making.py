"""What can go wrong when a sink is made, in words."""

import importlib.util
import sys
import types
from collections.abc import Mapping

from fapilog.plugins import loader
from pydantic import ValidationError

from ._reporter import where_raised


def is_made_by_fapilog() -> bool:
    """Tell whether fapilog's loader waits for the sink: it says nothing of what went wrong."""
    frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        if frame.f_globals.get("__name__") == loader.__name__:
            return True
        frame = frame.f_back
    return False


def explain(error: Exception) -> str:
    """Say what is wrong without any value of a setting."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__} at {where_raised(error)}"
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"`{problem['loc'][0]}`: {problem['msg']}" if problem["loc"] else problem["msg"]
        for problem in problems
    )


def not_installed(needs: Mapping[str, str]) -> str | None:
    """Say which of some modules is not installed, and what installs it; None when all are."""
    for module, installs in needs.items():
        if not _is_installed(module):
            return f"`{module}` is not installed; run `pip install {installs}`"
    return None


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:  # the package it is in
        return False
