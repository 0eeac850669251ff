//! Changing files below one folder that was opened once.
//!
//! Every name on the way is opened relative to the folder before it and never followed when it is a
//! link: what somebody swaps for a link while we work leads nowhere. Paths that are given here are
//! those of real folders; links within an output folder were followed when it was looked at.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// An output folder, opened.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    #[cfg(unix)]
    handle: std::os::fd::OwnedFd,
    #[cfg(test)]
    pub faults: Faults,
}

impl Disk {
    /// Opens a folder that exists.
    ///
    /// # Errors
    ///
    /// The system refuses, or it is no folder.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(Self {
            root: root.to_path_buf(),
            #[cfg(unix)]
            handle: unix::open_root(root)?,
            #[cfg(test)]
            faults: Faults::take(),
        })
    }

    /// The folder's path, for messages and for reading.
    #[must_use]
    pub fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }

    /// Makes a folder and those above it.
    pub fn make_folders(&self, relative: &Path) -> io::Result<()> {
        let mut folder = PathBuf::new();
        for name in relative {
            folder.push(name);
            if !self.path(&folder).is_dir() {
                self.step()?;
                match self.make_folder(&folder) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(error);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Writes a file that must not exist, with the permissions of another where there is one.
    pub fn write_new(
        &self,
        relative: &Path,
        bytes: &[u8],
        like: Option<&fs::Metadata>,
    ) -> io::Result<()> {
        self.step()?;
        let mut file = self.create(relative)?;
        #[cfg(test)]
        if self.faults.tears() {
            let half = &bytes[..bytes.len() / 2];
            file.write_all(half)?;
            return Err(Faults::error());
        }
        file.write_all(bytes)?;
        if let Some(like) = like {
            file.set_permissions(like.permissions())?;
        }
        Ok(())
    }

    /// Waits until a file is where no loss of power takes it.
    pub fn settle(&self, relative: &Path) -> io::Result<()> {
        self.step()?;
        let file = fs::OpenOptions::new()
            .write(true)
            .open(self.path(relative))?;
        file.sync_all()
    }

    /// Gives a file a second name; where the system has none, a copy.
    pub fn keep_as(&self, file: &Path, second: &Path) -> io::Result<()> {
        self.step()?;
        match self.link(file, second) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            Err(_) => {
                let path = self.path(file);
                let bytes = crate::files::read_regular(&path, super::emit::MAX_FILE_BYTES)?;
                self.write_new(second, &bytes, Some(&fs::symlink_metadata(&path)?))
            }
        }
    }

    /// Moves a file to where another may be.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.rename_at(from, to)
    }

    /// Removes a file; one that is not there is none.
    pub fn remove(&self, relative: &Path) -> io::Result<()> {
        self.step()?;
        match self.remove_at(relative) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    /// Removes the folders around a path as far as they are empty.
    pub fn remove_empty_parents(&self, relative: &Path) -> io::Result<()> {
        for folder in relative.ancestors().skip(1) {
            if folder.as_os_str().is_empty() {
                break;
            }
            self.step()?;
            // Fails when it is not empty, or not there any more.
            match self.remove_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes a folder of the tool's own with the files and folders in it.
    pub fn remove_all(&self, relative: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(self.path(relative)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let path = relative.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.remove_all(&path)?;
            } else {
                self.remove(&path)?;
            }
        }
        self.step()?;
        self.remove_folder(relative)
    }

    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        self.faults.step()
    }

    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "tests fail here"
    )]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, mkdirat, openat, renameat, unlinkat};

    use super::Disk;

    const FOLDER: OFlags = OFlags::DIRECTORY
        .union(OFlags::CLOEXEC)
        .union(OFlags::RDONLY);
    const NEW_FILE: OFlags = OFlags::WRONLY
        .union(OFlags::CREATE)
        .union(OFlags::EXCL)
        .union(OFlags::NOFOLLOW)
        .union(OFlags::CLOEXEC);

    /// The folder itself may be reached over links: it is what the user named.
    pub fn open_root(root: &Path) -> io::Result<OwnedFd> {
        Ok(openat(CWD, root, FOLDER, Mode::empty())?)
    }

    impl Disk {
        /// The folder around a path, and the last name.
        fn parent<'a>(&self, relative: &'a Path) -> io::Result<(OwnedFd, &'a OsStr)> {
            let no_name = || io::Error::from(io::ErrorKind::InvalidInput);
            let name = relative.file_name().ok_or_else(no_name)?;
            let mut folder = self.handle.try_clone()?;
            for part in relative.parent().into_iter().flatten() {
                folder = openat(&folder, part, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
            }
            Ok((folder, name))
        }

        pub(super) fn make_folder(&self, relative: &Path) -> io::Result<()> {
            let (folder, name) = self.parent(relative)?;
            Ok(mkdirat(folder, name, Mode::from_raw_mode(0o777))?)
        }

        pub(super) fn create(&self, relative: &Path) -> io::Result<File> {
            let (folder, name) = self.parent(relative)?;
            Ok(openat(folder, name, NEW_FILE, Mode::from_raw_mode(0o666))?.into())
        }

        pub(super) fn link(&self, file: &Path, second: &Path) -> io::Result<()> {
            let (from, name) = self.parent(file)?;
            let (to, new) = self.parent(second)?;
            Ok(linkat(from, name, to, new, AtFlags::empty())?)
        }

        pub(super) fn rename_at(&self, from: &Path, to: &Path) -> io::Result<()> {
            let (from, name) = self.parent(from)?;
            let (to, new) = self.parent(to)?;
            Ok(renameat(from, name, to, new)?)
        }

        pub(super) fn remove_at(&self, relative: &Path) -> io::Result<()> {
            let (folder, name) = self.parent(relative)?;
            Ok(unlinkat(folder, name, AtFlags::empty())?)
        }

        pub(super) fn remove_folder(&self, relative: &Path) -> io::Result<()> {
            let (folder, name) = self.parent(relative)?;
            Ok(unlinkat(folder, name, AtFlags::REMOVEDIR)?)
        }
    }
}

/// Where the system has no such calls: by path, looked at right before.
#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::Disk;

    impl Disk {
        fn checked(&self, relative: &Path) -> io::Result<PathBuf> {
            let mut path = self.root.clone();
            for part in relative.parent().into_iter().flatten() {
                path.push(part);
                if fs::symlink_metadata(&path)?.is_symlink() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
            }
            Ok(self.path(relative))
        }

        pub(super) fn make_folder(&self, relative: &Path) -> io::Result<()> {
            fs::create_dir(self.checked(relative)?)
        }

        pub(super) fn create(&self, relative: &Path) -> io::Result<File> {
            let path = self.checked(relative)?;
            OpenOptions::new().write(true).create_new(true).open(path)
        }

        pub(super) fn link(&self, file: &Path, second: &Path) -> io::Result<()> {
            fs::hard_link(self.checked(file)?, self.checked(second)?)
        }

        pub(super) fn rename_at(&self, from: &Path, to: &Path) -> io::Result<()> {
            fs::rename(self.checked(from)?, self.checked(to)?)
        }

        pub(super) fn remove_at(&self, relative: &Path) -> io::Result<()> {
            fs::remove_file(self.checked(relative)?)
        }

        pub(super) fn remove_folder(&self, relative: &Path) -> io::Result<()> {
            fs::remove_dir(self.checked(relative)?)
        }
    }
}

#[cfg(test)]
pub use faults::{Fault, Faults};

/// Failing at a chosen step, for tests of what is left then.
#[cfg(test)]
mod faults {
    use std::cell::{Cell, RefCell};
    use std::io;

    /// What fails.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fault {
        /// This step finds the disk full; all after it work.
        Full(usize),
        /// The process ends within this step: nothing after it works either.
        Killed(usize),
    }

    thread_local! {
        static NEXT: RefCell<Option<Fault>> = const { RefCell::new(None) };
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    #[derive(Debug, Default)]
    pub struct Faults(Option<Fault>);

    impl Faults {
        /// All folders that this thread opens from now on fail so; steps count on from folder to folder.
        pub fn plan(fault: Option<Fault>) {
            NEXT.set(fault);
            STEPS.set(0);
        }

        /// Steps since the plan was made.
        pub fn steps() -> usize {
            STEPS.get()
        }

        pub fn take() -> Self {
            Self(NEXT.with_borrow(|fault| *fault))
        }

        pub fn error() -> io::Error {
            io::ErrorKind::StorageFull.into()
        }

        /// Whether a file of this step is half written.
        pub fn tears(&self) -> bool {
            matches!(self.0, Some(Fault::Killed(step)) if step + 1 == STEPS.get())
        }

        pub fn step(&self) -> io::Result<()> {
            let step = STEPS.get();
            STEPS.set(step + 1);
            match self.0 {
                Some(Fault::Full(at)) if step == at => Err(Self::error()),
                // The very step is done by half where it can be.
                Some(Fault::Killed(at)) if step > at => Err(Self::error()),
                _ => Ok(()),
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_swapped_for_a_link_leads_nowhere() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(outside.path().join("a.rs"), "precious\n").unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        disk.write_new(Path::new("new"), b"new\n", None).unwrap();

        fs::remove_dir(folder.path().join("src")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("src")).unwrap();

        disk.rename(Path::new("new"), Path::new("src/a.rs"))
            .unwrap_err();
        disk.write_new(Path::new("src/b.rs"), b"b\n", None)
            .unwrap_err();
        disk.remove(Path::new("src/a.rs")).unwrap_err();
        disk.make_folder(Path::new("src/c")).unwrap_err();
        let left: Vec<_> = fs::read_dir(outside.path())
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        assert_eq!(["a.rs"], *left);
        assert_eq!(
            "precious\n",
            fs::read_to_string(outside.path().join("a.rs")).unwrap()
        );
    }
}
