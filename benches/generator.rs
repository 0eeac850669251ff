//! How long the generator takes, in memory: load, validate, plan and render.
//!
//! `cargo bench --bench generator`; writing the files is the file system's time, not measured here.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fapilog_gen::assets::Assets;
use fapilog_gen::languages::rust::Place;
use fapilog_gen::project::plan::{guide, plan};
use fapilog_gen::project::render::render;
use fapilog_gen::spec::{LoadedSpec, load_text};

fn load(assets: &Assets, id: &str) -> LoadedSpec {
    let (origin, text) = assets.provider(id).expect("the provider is embedded");
    load_text(&origin, &text).expect("embedded specs are valid")
}

/// Everything `new-sink` does for these providers before it writes; bytes rendered.
fn generate(assets: &Assets, ids: &[String]) -> usize {
    let loaded: Vec<_> = ids.iter().map(|id| load(assets, id)).collect();
    let specs: Vec<_> = loaded.iter().map(|loaded| &loaded.spec).collect();
    let name = "sinks".to_owned();
    let mut files = plan(&specs, &Place::Crate { name });
    files.extend(specs.iter().map(|spec| guide(spec, &Place::Modules)));
    let rendered = render(assets, &files).expect("embedded templates render");
    rendered.iter().map(|file| file.contents.len()).sum()
}

fn generator(criterion: &mut Criterion) {
    let assets = Assets::embedded();
    let ids = assets.provider_ids();
    for id in &ids {
        criterion.bench_function(&format!("load {id}"), |bencher| {
            bencher.iter(|| black_box(load(&assets, id)));
        });
        let one = std::slice::from_ref(id);
        criterion.bench_function(&format!("new sink {id}"), |bencher| {
            bencher.iter(|| black_box(generate(&assets, one)));
        });
    }
    criterion.bench_function("all providers", |bencher| {
        bencher.iter(|| black_box(generate(&assets, &ids)));
    });
}

criterion_group!(benches, generator);
criterion_main!(benches);
