//! The `fapilog-gen` command, cut off from its commands while they are rewritten.

fn main() -> std::process::ExitCode {
    let mut code = std::process::ExitCode::SUCCESS;
    for path in std::env::args().skip(1) {
        if path == "--schema" {
            println!("{:#}", fapilog_gen::spec::schema());
        } else if path == "--reference" {
            println!("{}", fapilog_gen::spec::reference());
        } else {
            match fapilog_gen::sink::load_file(std::path::Path::new(&path)) {
                Ok(loaded) => println!("valid {path}: {}", loaded.sink.title),
                Err(problems) => {
                    println!("{problems}");
                    code = std::process::ExitCode::FAILURE;
                }
            }
        }
    }
    code
}
