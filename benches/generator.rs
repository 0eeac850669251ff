//! How long the generator takes, in memory: load, validate, plan and render.
//!
//! `cargo bench --bench generator`; writing the files is the file system's time, not measured here.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use fapilog_gen::assets::Assets;
use fapilog_gen::languages::rust::Place;
use fapilog_gen::project::plan::{guide, plan};
use fapilog_gen::project::render::render;
use fapilog_gen::sink::{LoadedSink, load_provider};

fn load(assets: &Assets, id: &str) -> LoadedSink {
    load_provider(assets, id).expect("embedded specs are valid")
}

/// Everything `new-sink` does for these providers before it writes; bytes rendered.
fn generate(assets: &Assets, ids: &[String]) -> usize {
    let loaded: Vec<_> = ids.iter().map(|id| load(assets, id)).collect();
    let sinks: Vec<_> = loaded.iter().map(|loaded| &loaded.sink).collect();
    let name = "sinks".to_owned();
    let mut files = plan(&sinks, &Place::Crate { name });
    files.extend(sinks.iter().map(|sink| guide(sink, &Place::Modules)));
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
