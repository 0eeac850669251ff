//! `docs build`: the site, ready to be opened or copied to a server.

use std::fs;
use std::path::{Path, PathBuf};

use super::generator::{self, Generator};
use super::{Context, Failure, Repository, Result, pages};
use crate::commands::Exit;
use crate::diagnostics::Code;
use crate::docs::site::{self, Pages, Section};

/// Build the site into `target/docs/site`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    generator: generator::Options,
}

/// Runs the command.
pub fn run(context: &mut Context, repository: &Repository, arguments: &Args) -> Result {
    let workshop = repository.workshop();
    let count = stage(repository, Kind::Files)?;
    let generator = Generator::find(context, repository, &arguments.generator)?;
    generator.build(&workshop)?;
    let site = workshop.join("site");
    let outside = finish(&site, &site)?;
    if let Some((page, address)) = outside.first() {
        return Err(Failure::new(Code::Site, format!("{page} would fetch {address}")).hint(
            "the site must work without a network: keep scripts, styles, fonts and images in docs/site/assets",
        ));
    }
    let index = site.join("index.html");
    let index = index.strip_prefix(&repository.root).unwrap_or(&index);
    context
        .console
        .report(format_args!("{count} pages, open {}", index.display()))?;
    Ok(Exit::Done)
}

/// What the site is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Files that may be opened without a server.
    Files,
    /// The generator's own server.
    Served,
}

/// Lays pages, assets and configuration out in the workshop; how many pages.
pub fn stage(repository: &Repository, kind: Kind) -> Result<usize> {
    let (pages, _) = pages::gather(repository)?;
    let sections = pages::sections(repository, &pages)?;
    let folder = repository.workshop().join("pages");
    let staged = site::stage(&sections, &pages);
    let mut wanted: Vec<PathBuf> = Vec::new();
    for (path, text) in &staged {
        wanted.push(folder.join(path));
        write(&folder.join(path), text.as_bytes())?;
    }
    copy(
        &repository.site().join("assets"),
        &folder.join("assets"),
        &mut wanted,
    )?;
    prune(&folder, &wanted)?;
    let configuration = configuration(repository, &sections, &pages, kind)?;
    write(
        &repository.workshop().join("zensical.toml"),
        configuration.as_bytes(),
    )?;
    Ok(staged.len())
}

fn configuration(
    repository: &Repository,
    sections: &[Section],
    pages: &Pages,
    kind: Kind,
) -> Result<String> {
    let text = pages::read(&repository.site().join("zensical.toml"))?;
    let text = site::configuration(&text, sections, pages)
        .map_err(|error| Failure::new(Code::Site, format!("docs/site/zensical.toml: {error}")))?;
    // For files the generator adds a script of its own, which a server has no use for.
    let offline = format!(
        "[project.plugins.offline]\nenabled = {}\n",
        kind == Kind::Files
    );
    Ok(text + "\n" + &offline)
}

/// Takes out of every page what it would fetch from elsewhere; what is left of that.
fn finish(site: &Path, folder: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            found.extend(finish(site, &path)?);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "html")
        {
            let name = path.strip_prefix(site).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            let html = site::localized(&pages::read(&path)?, &name);
            write(&path, html.as_bytes())?;
            let outside = site::outside(&html).into_iter();
            found.extend(outside.map(|address| (name.clone(), address)));
        }
    }
    Ok(found)
}

/// Writes a file that is not as it should be: a server that watches it sees changes only.
fn write(path: &Path, contents: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == contents) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, contents))
        .map_err(|error| {
            Failure::new(Code::System, format!("cannot write `{}`", path.display())).because(error)
        })
}

fn copy(from: &Path, to: &Path, wanted: &mut Vec<PathBuf>) -> Result<()> {
    for path in entries(from)? {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target, wanted)?;
        } else {
            let contents = fs::read(&path).map_err(|error| {
                Failure::new(Code::System, format!("cannot read `{}`", path.display()))
                    .because(error)
            })?;
            write(&target, &contents)?;
            wanted.push(target);
        }
    }
    Ok(())
}

/// Removes pages of an earlier run.
fn prune(folder: &Path, wanted: &[PathBuf]) -> Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            prune(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).map_err(|error| {
                Failure::new(Code::System, format!("cannot remove `{}`", path.display()))
                    .because(error)
            })?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| {
        Failure::new(Code::System, format!("cannot read `{}`", folder.display())).because(error)
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}
