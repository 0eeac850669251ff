//! Reading what lies on a disk when nobody has promised that it is a file of a sensible size.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
///
/// The system refuses, the file is larger, or it is a pipe, a device or a folder: those are not
/// waited for and not read.
pub fn read_regular(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let file = open_without_waiting(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        let message = "it is a pipe, a device or a folder, and no regular file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let expected = usize::try_from(found.len()).unwrap_or(limit).min(limit);
    let mut bytes = Vec::with_capacity(expected + 1);
    // One byte more than allowed is enough to know.
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let message = format!("it is larger than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Opening a pipe waits for a writer otherwise.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    let flags = i32::try_from(flags).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// [`read_regular`] of a text.
///
/// # Errors
///
/// Those of [`read_regular`], or it is not UTF-8.
pub fn read_regular_text(path: &Path, limit: usize) -> io::Result<String> {
    String::from_utf8(read_regular(path, limit)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// Whether an error says that there is no such file.
#[must_use]
pub fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "12345").unwrap();

        assert_eq!(b"12345", &*read_regular(&path, 5).unwrap());
        let error = read_regular(&path, 4).unwrap_err();
        assert_eq!("it is larger than 4 bytes", error.to_string());
    }

    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_not_read() {
        use rustix::fs::{CWD, Mode};

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::RUSR | Mode::WUSR).unwrap();

        for path in [&pipe, Path::new("/dev/zero"), folder.path()] {
            let error = read_regular(path, 10).unwrap_err();
            assert_eq!(io::ErrorKind::InvalidInput, error.kind(), "{path:?}");
        }
    }
}
