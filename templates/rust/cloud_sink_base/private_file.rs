//! A file of lines that its owner alone can read, and that takes lines whole or not at all.
//!
//! Opened within its folder, without following links; several processes may append to one. Where the
//! system knows no such things, on Windows, it is a plain file.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A file opened for one append.
#[derive(Debug)]
pub struct PrivateFile {
    file: File,
    length: u64,
    /// Nobody else appends meanwhile.
    locked: bool,
}

impl PrivateFile {
    /// Opens it, or makes it, and the folder it lies in, if they are not there.
    ///
    /// # Errors
    ///
    /// Also when it is not a plain file of its own, or everybody may write to its folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (file, locked) = system::open(path)?;
        Ok(Self {
            length: file.metadata()?.len(),
            file,
            locked,
        })
    }

    /// Its length when it was opened.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether a write was broken off there, by a crash. What it left is kept, because a line of
    /// another sink may stand behind it; the next line must not continue it.
    pub fn ends_within_a_line(&mut self) -> io::Result<bool> {
        if self.length == 0 {
            return Ok(false);
        }
        let mut last = [0];
        self.file.seek(SeekFrom::End(-1))?;
        self.file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    /// Appends lines, each of which ends where `ends` says. Returns how many are there, and why
    /// the others are not: a full disk takes some and leaves no part of another.
    pub fn append(&mut self, lines: &[u8], ends: &[usize]) -> (usize, Option<io::Error>) {
        let mut written = 0;
        while written < lines.len() {
            match self.file.write(&lines[written..]) {
                Ok(0) => return self.cut(written, ends, io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.cut(written, ends, error),
            }
        }
        (ends.len(), None)
    }

    /// Takes the part of a line back that a broken-off write left.
    fn cut(
        &mut self,
        written: usize,
        ends: &[usize],
        why: io::Error,
    ) -> (usize, Option<io::Error>) {
        let whole = ends.partition_point(|end| *end <= written);
        let end = whole.checked_sub(1).map_or(0, |last| ends[last]);
        // Whoever does not know of locks may have appended a line behind it.
        let is_last = |now: &Metadata| self.locked && now.len() == self.length + written as u64;
        let cut = match self.file.metadata() {
            Ok(now) if is_last(&now) => self.file.set_len(self.length + end as u64),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        (whole, Some(cut.err().unwrap_or(why)))
    }

    /// The file for those who sync it later; others may append to it from here on.
    pub fn into_file(self) -> File {
        if self.locked {
            system::unlock(&self.file);
        }
        self.file
    }
}

#[cfg(unix)]
mod system {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;
    use std::thread;
    use std::time::Duration;

    use rustix::fs::{
        AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, fchmod, flock, fstat, mkdirat,
        openat, statat,
    };
    use rustix::io::Errno;

    /// Times that another process is waited for, and for how long each time. Who cannot wait longer
    /// appends all the same: a single write is not torn by another.
    const LOCK_TRIES: u32 = 100;
    const LOCK_WAIT: Duration = Duration::from_millis(10);

    /// Times that a file may be replaced between its opening and its lock.
    const REPLACED_TRIES: u32 = 8;

    pub fn open(path: &Path) -> io::Result<(File, bool)> {
        let name = path.file_name().ok_or_else(|| refused("is no file"))?;
        let folder = open_folder(path.parent().unwrap_or(Path::new("")))?;
        for _ in 0..REPLACED_TRIES {
            let file = open_in(&folder, name)?;
            let locked = lock(&file);
            let found = fstat(&file)?;
            // A replay may have put another in its place meanwhile.
            match statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(now) if (now.st_dev, now.st_ino) == (found.st_dev, found.st_ino) => {}
                Ok(_) | Err(Errno::NOENT) => continue,
                Err(error) => return Err(error.into()),
            }
            if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
                return Err(refused("is not a regular file"));
            }
            if found.st_nlink > 1 {
                return Err(refused("has a second name, a hard link"));
            }
            if found.st_mode & 0o077 != 0 {
                fchmod(&file, Mode::RUSR | Mode::WUSR)?;
            }
            return Ok((file.into(), locked));
        }
        Err(refused("is replaced again and again"))
    }

    fn open_in(folder: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
        // A link planted at this place must not lead the events elsewhere, a pipe must not block.
        let flags = OFlags::RDWR
            | OFlags::APPEND
            | OFlags::CREATE
            | OFlags::NOFOLLOW
            | OFlags::NONBLOCK
            | OFlags::CLOEXEC;
        Ok(openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?)
    }

    fn open_folder(path: &Path) -> io::Result<OwnedFd> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut opened = openat(CWD, path, flags, Mode::empty());
        if matches!(opened, Err(Errno::NOENT)) {
            match mkdirat(CWD, path, Mode::RWXU) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
            opened = openat(CWD, path, flags, Mode::empty());
        }
        let folder = opened?;
        if fstat(&folder)?.st_mode & 0o002 != 0 {
            return Err(refused("lies in a folder that everybody may write to"));
        }
        Ok(folder)
    }

    fn lock(file: &OwnedFd) -> bool {
        for _ in 0..LOCK_TRIES {
            match flock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return true,
                Err(Errno::WOULDBLOCK | Errno::INTR) => thread::sleep(LOCK_WAIT),
                // A file system without locks.
                Err(_) => return false,
            }
        }
        false
    }

    pub fn unlock(file: &File) {
        // Cannot fail for a file that is open and locked; closed, it is unlocked at the latest.
        let _ = flock(file, FlockOperation::Unlock);
    }

    fn refused(what: &str) -> io::Error {
        io::Error::other(format!("the dead-letter path {what}"))
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub fn open(path: &Path) -> io::Result<(File, bool)> {
        if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other(
                "the dead-letter path is not a regular file",
            ));
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path)?;
        Ok((file, false))
    }

    pub fn unlock(_file: &File) {}
}
