#[path = "random_specs/complete.rs"]
mod complete;
#[path = "random_specs/dice.rs"]
mod dice;
#[path = "random_specs/events.rs"]
mod events;
#[path = "random_specs/spec.rs"]
mod spec;
use std::path::Path;
#[test]
fn prove_all() {
    let mut bad = 0;
    for folder in ["providers", "tests/specs", "tests/backends"] {
        let Ok(entries) = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "yaml") {
                match fapilog_gen::sink::load_file(&path) {
                    Ok(_) => println!("ok {}", path.display()),
                    Err(e) => {
                        bad += 1;
                        println!("BAD {}\n{e}", path.display());
                    }
                }
            }
        }
    }
    assert_eq!(bad, 0);
}
#[test]
fn random() {
    let seed: u64 = std::env::var("RANDOM_SEED").map_or(1, |s| s.parse().unwrap());
    let n: u64 = std::env::var("RANDOM_SPECS").map_or(20, |s| s.parse().unwrap());
    let mut bad = 0;
    for index in 0..n {
        let id = format!("r{index:04}");
        let mut dice = dice::Dice::new(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9)));
        let spec = spec::make(&mut dice, &id);
        let text = format!("{spec:#}");
        if let Err(e) = complete::complete(&id, spec) {
            bad += 1;
            if bad <= 12 {
                println!(
                    "BAD {id}\n{}",
                    e.lines().take(14).collect::<Vec<_>>().join("\n")
                );
                std::fs::write(format!("/tmp/x/{id}.json"), text).unwrap();
            }
        }
    }
    println!("{bad} of {n} bad");
    assert_eq!(bad, 0);
}
