//! The programs that run the sinks: made from the generated trees, told what to do line by line.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::{self, Place, Standing};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::render;
use fapilog_gen::sink::Sink;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::oneshot;

use crate::python::Python;
use crate::root;

/// A language of the sinks under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rust, Self::Python];

    /// Those that `ORACLE_LANGUAGE` names; both without it.
    pub fn chosen() -> Vec<Self> {
        let word = std::env::var("ORACLE_LANGUAGE").unwrap_or_default();
        let mut chosen = Self::ALL.to_vec();
        chosen.retain(|language| language.name().to_lowercase().contains(&word));
        chosen
    }

    /// As tables name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
        }
    }
}

fn place(language: &str) -> Box<dyn Place> {
    let language = languages::by_name(language).expect("a language");
    language.own_place("oracle_sinks")
}

fn generate(folder: &Path, sinks: &[Sink], place: &dyn Place) {
    let sinks: Vec<&Sink> = sinks.iter().collect();
    let files = render(&Assets::embedded(), &plan(&sinks, place));
    for file in &files.unwrap_or_else(|error| panic!("{error:?}")) {
        write(&folder.join(&file.path), &file.contents);
    }
}

/// Writes a file only when it differs, so that cargo sees what changed.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn rust(sinks: &[Sink]) -> Command {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    Command::new(BUILT.get_or_init(|| build(sinks)))
}

fn build(sinks: &[Sink]) -> PathBuf {
    let folder = root().join("target/scratch-oracle");
    let place = place("rust");
    generate(&folder, sinks, &*place);
    let standing = Standing {
        root: &folder,
        text: None,
        leave_alone: false,
    };
    let manifest = place.manifest(&sinks.iter().collect::<Vec<_>>(), &standing);
    let manifest = manifest.expect("a new manifest").text.expect("its text");
    write(&folder.join("Cargo.toml"), &manifest);
    if !folder.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    }
    let program = folder.join("examples/oracle.rs");
    write(&program, include_str!("program.rs.txt"));
    let build = root().join("target/scratch-build");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "oracle"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &build)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the generated sinks do not build");
    build.join("debug/examples/oracle")
}

fn python(sinks: &[Sink]) -> Command {
    let folder = root().join("target/scratch-python/oracle");
    generate(&folder, sinks, &*place("python"));
    let mut table = String::new();
    for sink in sinks {
        let (id, prefix) = (&sink.id, &sink.type_prefix);
        writeln!(table, "    {id:?}: {prefix:?},").expect("memory");
    }
    let program = folder.join("oracle.py");
    let source = include_str!("program.py.txt").replace("    TABLE\n", &table);
    write(&program, &source);
    let interpreter = Python::default_one(root()).tool("python");
    let mut command = Command::new(interpreter);
    command.arg(program);
    command
}

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A running program.
pub struct Program {
    input: tokio::sync::Mutex<ChildStdin>,
    waiting: Waiting,
    calls: AtomicU64,
    said: PathBuf,
    child: Child,
}

impl Program {
    /// Builds and starts it.
    ///
    /// # Panics
    ///
    /// When it cannot be built or started.
    pub fn start(language: Language, sinks: &[Sink]) -> Self {
        // Tests beside each other make the same programs.
        static MAKING: Mutex<u64> = Mutex::new(0);
        let mut made = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        *made += 1;
        let command = match language {
            Language::Rust => rust(sinks),
            Language::Python => python(sinks),
        };
        let said = root().join(format!("target/oracle-{made}.stderr"));
        drop(made);
        let mut command = tokio::process::Command::from(command);
        // AWS's SDKs read their credentials from the environment, and would ask the instance next.
        command.env_clear();
        let kept = ["PATH", "RUST_BACKTRACE", "SystemRoot"];
        command.envs(
            kept.iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        command
            .env("HOME", root().join("target/no-home"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "example-aws-access-key-id")
            .env("AWS_SECRET_ACCESS_KEY", "example-aws-secret-access-key")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&said).expect("a file"))
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let asked = Waiting::default();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let known = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut lines = output.lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer: Value = serde_json::from_str(&line).expect("an answer");
                let call = answer["call"].as_u64().expect("a number");
                let caller = known.lock().expect("a lock").remove(&call);
                // A cell that ran out of patience no longer listens.
                let _ = caller.expect("a question").send(answer);
            }
            // Whoever waits for an answer hears that none comes.
            known.lock().expect("a lock").clear();
        });
        Self {
            input: tokio::sync::Mutex::new(child.stdin.take().expect("its input")),
            waiting: asked,
            calls: AtomicU64::new(0),
            said,
            child,
        }
    }

    /// Has it do something and returns what it answers.
    ///
    /// # Panics
    ///
    /// When the program has ended.
    pub async fn ask(&self, cell: u64, what: &str, mut with: Value) -> Value {
        let question = self.calls.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.waiting
            .lock()
            .expect("a lock")
            .insert(question, sender);
        with["call"] = json!(question);
        with["cell"] = json!(cell);
        with["do"] = json!(what);
        let line = format!("{with}\n");
        let written = self.input.lock().await.write_all(line.as_bytes()).await;
        written.expect("the program reads");
        answer
            .await
            .unwrap_or_else(|_| panic!("the program has ended: {}", self.told()))
    }

    /// What it said on standard error so far.
    pub fn told(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// The most memory it ever had, MiB; `None` where the system does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kib / 1024)
    }
}
