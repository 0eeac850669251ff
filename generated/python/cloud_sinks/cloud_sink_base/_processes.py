"""
Processes that are born or end in their own way: forked ones, and those of pools.

A forked child has copies of events that its parent will deliver, locks that may be held for ever,
and none of the threads: sinks and their loggers start anew in it.  A child of multiprocessing or
of Celery ends without the interpreter's own hooks; each has one of its own.
"""

import os
import sys
import weakref
from typing import Any

from . import _shutdown
from ._loggers import loggers_of, revive
from ._worker import Worker

sinks: "weakref.WeakSet[Any]" = weakref.WeakSet()
"""Those of this process."""


def register(sink: object, worker: Worker) -> None:
    """Have a sink drained at the end of the program and started anew in a forked child."""
    sinks.add(sink)
    _shutdown.workers.add(worker)
    _hook_into_celery()


def _after_fork() -> None:
    for worker in list(_shutdown.workers):
        worker.reset()
    for logger in loggers_of(sinks):
        if not revive(logger):
            message = "a logger made before a fork is dead in the child: make it after the fork"
            for worker in list(_shutdown.workers):
                worker.reporter.tell(message)
    if _shutdown.workers:
        _shutdown.outlast_sigterm()
    _hook_into_multiprocessing()
    _hook_into_celery()


def _hook_into_celery() -> None:
    """Have a child of Celery's pool call the hook: it ends by ``os._exit``."""
    signals = sys.modules.get("celery.signals")
    if signals is not None:
        ends = signals.worker_process_shutdown
        ends.connect(_at_end_of_pool_process, weak=False, dispatch_uid=__name__)


def _at_end_of_pool_process(**_: object) -> None:
    _shutdown.finish_all()


def _hook_into_multiprocessing() -> None:
    """
    Have a child of multiprocessing call the hook.

    It first forgets the finalizers it was born with, then calls what is registered for a fork.
    """
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    if util is None or process is None:
        return
    util.register_after_fork(_finalize, _finalize)
    if process.parent_process() is not None:
        _finalize(None)


def _finalize(_: object) -> None:
    sys.modules["multiprocessing.util"].Finalize(None, _shutdown.finish_all, exitpriority=0)


_hook_into_multiprocessing()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
