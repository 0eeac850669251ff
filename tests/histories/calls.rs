//! Runs that end at every system call with which they change something: killed there, or told that the
//! disk is full. The next run ends as if nothing had been.
//!
//! `strace` counts the calls and puts the kill or the error in the place of one. It takes minutes, and a
//! Linux that has it:
//!
//! ```console
//! $ cargo test --release --test histories -- --ignored --nocapture
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{copy, tree};

/// Calls that change what is on the disk, and those that say so to others. A name that this machine does
/// not have is left out.
const CHANGES: [&str; 17] = [
    "creat",
    "fchmod",
    "flock",
    "fsync",
    "ftruncate",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "open",
    "openat",
    "rename",
    "renameat",
    "rmdir",
    "unlink",
    "unlinkat",
    "write",
];

/// A command on a folder, and what was in it before.
struct Scene {
    name: &'static str,
    arguments: Vec<String>,
    before: PathBuf,
    after: BTreeMap<String, String>,
    exit: i32,
}

struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tool(&self, arguments: &[String], strace: &[&str]) -> Option<i32> {
        let program = env!("CARGO_BIN_EXE_fapilog-gen");
        let mut command = if strace.is_empty() {
            Command::new(program)
        } else {
            let mut command = Command::new("strace");
            command.args(["-f", "-qqq"]).args(strace);
            command.arg(program);
            command
        };
        command
            .arg("--quiet")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("strace is installed")
            .code()
    }

    fn reset(&self, before: &Path) {
        let work = self.path("work");
        if work.exists() {
            fs::remove_dir_all(&work).expect("removed");
        }
        fs::create_dir(&work).expect("made");
        if before.exists() {
            copy(before, &work.join("sinks"));
        }
    }

    fn now(&self) -> BTreeMap<String, String> {
        whole(&self.path("work/sinks"))
    }

    fn scene(&self, name: &'static str, arguments: &[&str], before: &str) -> Scene {
        let before = self.path(before);
        self.reset(&before);
        let arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
        let exit = self.tool(&arguments, &[]).expect("ended");
        Scene {
            name,
            arguments,
            before,
            after: self.now(),
            exit,
        }
    }

    /// The calls of an undisturbed run, as they are written down, by name.
    fn calls(&self, scene: &Scene) -> BTreeMap<String, Vec<String>> {
        self.reset(&scene.before);
        let log = self.path("calls");
        let log_name = log.to_string_lossy().into_owned();
        self.tool(&scene.arguments, &["-o", &log_name]);
        let text = fs::read_to_string(log).expect("a log");
        let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines() {
            let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            if let Some((name, _)) = call.split_once('(')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            {
                let of_name = calls.entry(name.to_owned()).or_default();
                of_name.push(call.to_owned());
            }
        }
        calls
    }
}

/// Every file but what the tool keeps for itself; nothing where there is no folder.
fn whole(root: &Path) -> BTreeMap<String, String> {
    let mut files = if root.exists() {
        tree(root)
    } else {
        BTreeMap::new()
    };
    if let Ok(lock) = fs::read_to_string(root.join("fapilog-gen.lock")) {
        files.insert("fapilog-gen.lock".to_owned(), lock);
    }
    files
}

/// A small project, edited, and the templates of a later version.
fn stage() -> (Stage, Vec<Scene>) {
    let stage = Stage {
        folder: tempfile::tempdir().expect("a folder"),
    };
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let later = stage.path("later");
    copy(&templates, &later);
    for name in ["level.rs", "queue.rs", "worker.rs"] {
        let path = later.join("rust/cloud_sink_base").join(name);
        let text = fs::read_to_string(&path).expect("text");
        fs::write(path, text + "// later\n").expect("written");
    }
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    fs::create_dir(stage.path("work")).expect("made");
    let new = "new-sink --provider loki --out work/sinks";
    assert_eq!(Some(0), stage.tool(&words(new), &[]));
    let edited = stage.path("work/sinks/src/cloud_sink_base/queue.rs");
    let text = fs::read_to_string(&edited).expect("text");
    fs::write(edited, format!("// mine\n{text}")).expect("written");
    copy(&stage.path("work/sinks"), &stage.path("edited"));
    let new = "new-sink --provider datadog --out work/sinks";
    assert_eq!(Some(0), stage.tool(&words(new), &[]));
    copy(&stage.path("work/sinks"), &stage.path("two"));

    let update = ["--templates", "later", "update", "work/sinks"];
    let new = ["new-sink", "--provider", "loki", "--out", "work/sinks"];
    let remove = ["remove", "work/sinks", "--provider", "datadog"];
    let scenes = vec![
        stage.scene("update", &update, "edited"),
        stage.scene("new-sink", &new, "nothing"),
        stage.scene("remove", &remove, "two"),
        stage.scene("undo", &["undo", "work/sinks"], "two"),
    ];
    (stage, scenes)
}

#[test]
#[ignore = "needs strace, and takes minutes"]
fn a_run_killed_at_any_system_call_is_made_good_by_the_next() {
    let (stage, scenes) = stage();
    for scene in &scenes {
        let mut calls = stage.calls(scene);
        // A kill at one that changes nothing leaves what a kill at the next one does that does.
        calls.retain(|name, _| CHANGES.contains(&name.as_str()));
        let mut kills = 0;
        for (call, made) in &calls {
            for at in 1..=made.len() {
                stage.reset(&scene.before);
                let inject = format!("inject={call}:signal=SIGKILL:when={at}");
                let trace = format!("trace={call}");
                let log = stage.path("log");
                let log = log.to_string_lossy();
                let strace = ["-o", &log, "-e", &trace, "-e", &inject];
                if stage.tool(&scene.arguments, &strace) == Some(scene.exit) {
                    // Counted for each thread: the others had fewer.
                    continue;
                }
                kills += 1;
                let place = format!("{}: killed at {call} {at}", scene.name);
                // What was killed at its last breath is done: nothing is left to take out or back.
                let again = stage.tool(&scene.arguments, &[]);
                let can_be_done = ["remove", "undo"].contains(&scene.name) && again == Some(2);
                assert!(
                    can_be_done || again == Some(scene.exit),
                    "{place}: {again:?}"
                );
                assert!(stage.now() == scene.after, "{place}");
                let run = stage.path("work/sinks/.fapilog-gen/run");
                assert!(!run.exists(), "{place}");
            }
        }
        println!("{}: {kills} kills, no edit lost", scene.name);
        assert!(kills > 50, "{}: {kills}", scene.name);
    }
}

#[test]
#[ignore = "needs strace, and takes minutes"]
fn a_disk_that_is_full_at_any_call_leaves_the_old_tree() {
    let (stage, scenes) = stage();
    for scene in &scenes {
        let calls = stage.calls(scene);
        let before = whole(&scene.before);
        let mut refused = 0;
        for call in &CHANGES {
            let made = calls.get(*call).into_iter().flatten();
            // What is opened to be read needs no space.
            let places = made
                .zip(1..)
                .filter(|(line, _)| !call.starts_with("open") || line.contains("O_CREAT"));
            for (_, at) in places {
                stage.reset(&scene.before);
                let inject = format!("inject={call}:error=ENOSPC:when={at}");
                let trace = format!("trace={call}");
                let log = stage.path("log");
                let log = log.to_string_lossy();
                let strace = ["-o", &log, "-e", &trace, "-e", &inject];
                let exit = stage.tool(&scene.arguments, &strace);
                let now = stage.now();
                let place = format!("{}: full at {call} {at}: {exit:?}", scene.name);
                if exit == Some(scene.exit) {
                    assert!(now == scene.after, "{place}");
                } else if scene.name == "undo" {
                    // An undo is itself the way back: the next run goes on with it.
                    refused += 1;
                    stage.tool(&scene.arguments, &[]);
                    assert!(stage.now() == scene.after, "{place}");
                } else {
                    refused += 1;
                    assert!(now == before, "{place}");
                }
            }
        }
        println!(
            "{}: refused {refused} times, and nothing was changed",
            scene.name
        );
        assert!(refused > 20, "{}: {refused}", scene.name);
    }
}
