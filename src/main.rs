//! The `fapilog-gen` command.

fn main() -> std::process::ExitCode {
    fapilog_gen::cli::main()
}
