mod sinks;

fn main() {}
