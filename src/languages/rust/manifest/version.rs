//! Whether a version requirement can be met together with ours.

/// Whether cargo would pick one version for both requirements, judged by the part that must agree:
/// the first number that is not zero. Ranges and wildcards are taken as their owner's considered
/// choice.
pub fn compatible(theirs: &str, ours: &str) -> bool {
    let theirs = theirs.trim();
    if theirs.contains([',', '*', '<', '>']) {
        return true;
    }
    significant(theirs.trim_start_matches(['^', '=', '~', ' '])) == significant(ours)
}

/// `1.2.3` → `[1]`, `0.13.2` → `[0, 13]`, `0.0.4` → `[0, 0, 4]`.
fn significant(version: &str) -> Vec<&str> {
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(3).collect();
    let zeros = numbers.iter().take_while(|number| **number == "0").count();
    numbers.into_iter().take(zeros + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::compatible;

    #[test]
    fn the_first_number_that_is_not_zero_must_agree() {
        for (theirs, ours) in [
            ("1.4.2", "1"),
            ("^1", "1.1"),
            ("=0.13.1", "0.13"),
            ("~0.13", "0.13"),
            ("*", "2"),
            (">=1, <3", "2"),
            ("0.0.4", "0.0.4"),
        ] {
            assert!(compatible(theirs, ours), "{theirs} {ours}");
        }
        for (theirs, ours) in [
            ("0.12", "0.13"),
            ("2", "1"),
            ("0.0.3", "0.0.4"),
            ("0.9.34", "2"),
        ] {
            assert!(!compatible(theirs, ours), "{theirs} {ours}");
        }
    }
}
