//! The files built into the program: provider specs and templates.
//!
//! Each of the two folders can be replaced as a whole by one on disk. Files are found by name and
//! read one at a time, so a command touches only what it needs.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{error, fmt, fs, io};

use include_dir::{Dir, include_dir};

use crate::files::{is_absence, read_regular, read_regular_text};

/// Bytes that a template or a spec may have; no built-in one comes near it.
const MAX_BYTES: usize = 2 * 1024 * 1024;

static PROVIDERS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/providers");
static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// How built-in specs are named in messages.
const EMBEDDED_ORIGIN: &str = "providers";

/// Provider specs and templates, embedded or from folders on disk.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    providers: Option<PathBuf>,
    templates: Option<PathBuf>,
}

impl Assets {
    /// The files built into the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self::default()
    }

    /// The built-in files, with either folder replaced by one on disk.
    #[must_use]
    pub fn with_overrides(providers: Option<&Path>, templates: Option<&Path>) -> Self {
        Self {
            providers: providers.map(Path::to_path_buf),
            templates: templates.map(Path::to_path_buf),
        }
    }

    /// The text of a template or verbatim file, by its path below `templates/`, `/` separated.
    ///
    /// # Errors
    ///
    /// [`AssetError`] when there is no such file, it cannot be read, or it is not UTF-8.
    pub fn template(&self, name: &str) -> Result<Cow<'static, str>, AssetError> {
        let Some(folder) = &self.templates else {
            let file = TEMPLATES
                .get_file(name)
                .ok_or_else(|| AssetError::missing(name))?;
            return file
                .contents_utf8()
                .map(Cow::Borrowed)
                .ok_or_else(|| AssetError::missing(name));
        };
        let path = folder.join(name);
        let text = read_regular_text(&path, MAX_BYTES)
            .map_err(|cause| AssetError::unreadable(&path, cause))?;
        Ok(Cow::Owned(text))
    }

    /// A provider's spec: the name to show in messages and the bytes; absent when there is none.
    ///
    /// # Errors
    ///
    /// The system refuses to read it.
    pub fn provider(&self, id: &str) -> io::Result<Option<(String, Cow<'static, [u8]>)>> {
        let name = format!("{id}.yaml");
        let Some(folder) = &self.providers else {
            let file = PROVIDERS.get_file(&name);
            return Ok(file.map(|file| {
                let origin = format!("{EMBEDDED_ORIGIN}/{name}");
                (origin, Cow::Borrowed(file.contents()))
            }));
        };
        // An id is a name, never a path: `../x` finds nothing.
        if !is_file_stem(id) {
            return Ok(None);
        }
        let path = folder.join(&name);
        match read_regular(&path, MAX_BYTES) {
            Ok(bytes) => Ok(Some((path.display().to_string(), Cow::Owned(bytes)))),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ids of all providers, sorted.
    #[must_use]
    pub fn provider_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = match &self.providers {
            None => PROVIDERS
                .files()
                .filter_map(|file| yaml_stem(file.path()))
                .collect(),
            Some(folder) => fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| yaml_stem(&entry.ok()?.path()))
                .collect(),
        };
        ids.sort();
        ids
    }
}

/// Every template and verbatim file that is built in, by its path below `templates/`, `/` separated.
pub fn embedded_templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut folders = vec![&TEMPLATES];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files());
    }
    files.sort_by_key(|file| file.path());
    // All of them are text with names of letters: a test reads each.
    files
        .into_iter()
        .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)))
}

fn is_file_stem(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn yaml_stem(path: &Path) -> Option<String> {
    let is_yaml = path
        .extension()
        .is_some_and(|extension| extension == "yaml");
    is_yaml
        .then(|| path.file_stem()?.to_str().map(str::to_owned))
        .flatten()
}

/// Why a template could not be read.
#[derive(Debug)]
pub struct AssetError {
    name: String,
    cause: Option<io::Error>,
}

impl AssetError {
    /// Whether the template is one of a person's folder.
    #[must_use]
    pub fn is_of_a_folder(&self) -> bool {
        self.cause.is_some()
    }

    fn missing(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            cause: None,
        }
    }

    fn unreadable(path: &Path, cause: io::Error) -> Self {
        Self {
            name: path.display().to_string(),
            cause: Some(cause),
        }
    }
}

impl fmt::Display for AssetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            None => write!(
                f,
                "internal error: template `{}` is not embedded (please report)",
                self.name
            ),
            Some(_) => write!(f, "cannot read template `{}`", self.name),
        }
    }
}

impl error::Error for AssetError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause
            .as_ref()
            .map(|cause| cause as &(dyn error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_template_is_found_by_its_path() {
        let text = Assets::embedded()
            .template("rust/cloud_sink_base/mod.rs")
            .expect("embedded");

        assert!(text.contains("mod "));
    }

    /// Templates hold code: of those of a provider at most a quarter is markup.
    #[test]
    fn the_templates_of_a_provider_are_code() {
        let own = embedded_templates().filter(|(name, _)| name.contains("/provider/"));
        let (mut markup, mut all) = (0, 0);
        for (_, text) in own {
            all += text.len();
            let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
            markup += tags
                .iter()
                .flat_map(|(open, close)| {
                    let rest = text.split(open).skip(1);
                    rest.map(move |rest| rest.split(close).next().map_or(0, str::len) + 4)
                })
                .sum::<usize>();
        }
        assert!(all > 0);
        assert!(markup * 4 <= all, "{markup} of {all} bytes are markup");
    }

    #[test]
    fn a_missing_template_says_it_is_our_fault() {
        let error = Assets::embedded()
            .template("rust/nothing.rs")
            .expect_err("missing");

        assert_eq!(
            error.to_string(),
            "internal error: template `rust/nothing.rs` is not embedded (please report)"
        );
    }

    #[test]
    fn a_folder_on_disk_replaces_the_embedded_providers() {
        let folder = tempfile::tempdir().expect("temp dir");
        fs::write(folder.path().join("mine.yaml"), "id: mine").expect("write");
        fs::write(folder.path().join("README.md"), "").expect("write");

        let assets = Assets::with_overrides(Some(folder.path()), None);

        assert_eq!(assets.provider_ids(), ["mine"]);
        assert_eq!(
            assets
                .provider("mine")
                .expect("readable")
                .expect("present")
                .1
                .as_ref(),
            b"id: mine"
        );
        assert!(assets.provider("../mine").expect("no path").is_none());
    }
}
