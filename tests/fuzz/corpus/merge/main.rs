mod api;
mod sinks;

fn main() {
    let text = "a";
    println!("{text}");
}
