"""
A file of lines that its owner alone can read, and that takes lines whole or not at all.

Opened within its folder, without following links; several processes may append to one.  Where the
system knows no such things, on Windows, it is a plain file.
"""

import os
import stat
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

# Times that another process is waited for, and for how long each time.  Who cannot wait longer
# appends all the same: a single write is not torn by another.
_LOCK_TRIES = 100
_LOCK_WAIT_SECONDS = 0.01

# Times that a file may be replaced between its opening and its lock.
_REPLACED_TRIES = 8

_LOOSE = stat.S_IRWXG | stat.S_IRWXO


class PrivateFile:
    """
    A file opened for one append.

    Attributes:
        size: Its length when it was opened.
    """

    def __init__(self, descriptor: int, *, locked: bool) -> None:
        self._descriptor = descriptor
        # Nobody else appends meanwhile.
        self._locked = locked
        self.size = os.fstat(descriptor).st_size

    def ends_within_a_line(self) -> bool:
        """
        Tell whether a write was broken off there, by a crash.

        What it left is kept, because a line of another sink may stand behind it; the next line must
        not continue it.
        """
        if self.size == 0:
            return False
        os.lseek(self._descriptor, -1, os.SEEK_END)
        return os.read(self._descriptor, 1) != b"\n"

    def append(self, data: bytes, ends: Sequence[int]) -> int:
        """
        Append lines, each of which ends where ``ends`` says.

        Returns:
            How many are there.  A full disk takes some and leaves no part of another.
        """
        view, written = memoryview(data), 0
        try:
            while written < len(data):
                written += os.write(self._descriptor, view[written:])
        except OSError:
            whole = bisect_right(ends, written)
            # Whoever does not know of locks may have appended a line behind it.
            now = os.fstat(self._descriptor).st_size
            if self._locked and now == self.size + written:
                os.ftruncate(self._descriptor, self.size + (ends[whole - 1] if whole else 0))
        else:
            whole = len(ends)
        return whole

    def to_sync(self) -> int:
        """Return a descriptor for `os.fsync`, to be closed; others may append from here on."""
        if self._locked:
            _unlock(self._descriptor)
        return os.dup(self._descriptor)


@contextmanager
def opened(path: Path) -> Iterator[PrivateFile]:
    """
    Open a file, or make it, and the folder it lies in, if they are not there.

    Raises:
        OSError: Also when it is not a plain file of its own, or everybody may write to its folder.
    """
    if sys.platform == "win32":
        descriptor, locked = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), False
    else:
        descriptor, locked = _open(path)
    try:
        yield PrivateFile(descriptor, locked=locked)
    finally:
        os.close(descriptor)


if sys.platform != "win32":

    def _open(path: Path) -> tuple[int, bool]:
        folder = _open_folder(path.parent)
        try:
            for _ in range(_REPLACED_TRIES):
                # A link planted at this place must not lead the events elsewhere, a pipe must not
                # block.
                flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
                descriptor = os.open(path.name, flags, 0o600, dir_fd=folder)
                try:
                    locked = _lock(descriptor)
                    found = os.fstat(descriptor)
                    if _is_in_place(found, path.name, folder):
                        _check(found)
                        if found.st_mode & _LOOSE:
                            os.fchmod(descriptor, 0o600)
                        kept, descriptor = descriptor, -1
                        return kept, locked
                finally:
                    if descriptor >= 0:
                        os.close(descriptor)
        finally:
            os.close(folder)
        message = "the dead-letter path is replaced again and again"
        raise OSError(message)

    def _open_folder(path: Path) -> int:
        flags = os.O_RDONLY | os.O_DIRECTORY
        try:
            folder = os.open(path, flags)
        except FileNotFoundError:
            path.mkdir(mode=0o700, exist_ok=True)
            folder = os.open(path, flags)
        if os.fstat(folder).st_mode & stat.S_IWOTH:
            os.close(folder)
            message = "the dead-letter path lies in a folder that everybody may write to"
            raise OSError(message)
        return folder

    def _is_in_place(found: os.stat_result, name: str, folder: int) -> bool:
        """Tell whether a file still has this name: a replay may have put another there."""
        try:
            now = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return (now.st_dev, now.st_ino) == (found.st_dev, found.st_ino)

    def _check(found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            message = "the dead-letter path is not a regular file"
            raise OSError(message)
        if found.st_nlink > 1:
            message = "the dead-letter path has a second name, a hard link"
            raise OSError(message)

    def _lock(descriptor: int) -> bool:
        for _ in range(_LOCK_TRIES):
            locked = _try_lock(descriptor)
            if locked is not None:
                return locked
            time.sleep(_LOCK_WAIT_SECONDS)
        return False

    def _try_lock(descriptor: int) -> bool | None:
        """Tell whether this process has the lock now; None: another one has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:  # a file system without locks
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
