"""A Celery application whose logger belongs to its module, or to each of its processes."""

import os
from pathlib import Path
from typing import Any

from celery import Celery, signals
from common import make_logger

folder = Path(os.environ["PROGRAM_FOLDER"])
app = Celery("tasks", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": str(folder),
    "data_folder_out": str(folder),
    "control_folder": str(folder / "control"),
}
app.conf.worker_hijack_root_logger = False
IS_OF_PROCESS = os.environ["PROGRAM_LOGGER"] == "process"
logger: Any = None if IS_OF_PROCESS else make_logger()


@signals.worker_process_init.connect  # type: ignore[untyped-decorator]
def make_one(**_: object) -> None:
    global logger
    if IS_OF_PROCESS:
        logger = make_logger()


@app.task(name="work")  # type: ignore[untyped-decorator]
def work(n: int) -> None:
    logger.info("order placed", n=n)
