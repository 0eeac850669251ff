use fapilog_gen::assets::Assets;
use fapilog_gen::languages::{Language, Standing, rust::Rust};
use fapilog_gen::project::render::render;
use fapilog_gen::sink;
fn main() {
    let mut args = std::env::args().skip(1);
    let out = std::path::PathBuf::from(args.next().unwrap());
    let mut sinks = Vec::new();
    for path in args {
        let text = std::fs::read(&path).unwrap();
        match sink::load_text(&path, &text) {
            Ok(loaded) => sinks.push(loaded.sink),
            Err(e) => eprintln!("{e}"),
        }
    }
    let sinks: Vec<&sink::Sink> = sinks.iter().collect();
    let place = Rust.own_place("cloud-sinks");
    let files = place.files(&sinks);
    let assets = Assets::with_overrides(None, Some(std::path::Path::new("templates")));
    for file in render(&assets, &files).unwrap() {
        let path = out.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if std::fs::read_to_string(&path).ok().as_deref() != Some(&file.contents) {
            std::fs::write(path, file.contents).unwrap();
        }
    }
    let standing = Standing { root: &out, text: None, leave_alone: false };
    let manifest = place.manifest(&sinks, &standing).unwrap();
    std::fs::write(out.join("Cargo.toml"), manifest.text.unwrap()).unwrap();
}
