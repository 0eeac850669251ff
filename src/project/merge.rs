//! Three texts into one: what both sides changed of a common base, line by line.
//!
//! Changes that touch different lines both survive, also in lines next to each other. Where both
//! sides changed the same lines to something else, the caller says what becomes of it.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What becomes of lines that both sides changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Conflict {
    /// Both versions, between markers as git writes them.
    #[default]
    Markers,
    /// Yours; what was generated goes to a file beside it, named like it with `.rej` behind.
    Rej,
    /// Yours.
    Ours,
    /// What is generated.
    Theirs,
}

/// A merged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// Places that both sides changed.
    pub conflicts: usize,
    /// Those places with the generated version, as a person reads them; for [`Conflict::Rej`].
    pub rejects: String,
}

/// How the two versions are called behind markers.
const OURS: &str = "<<<<<<< yours";
const BETWEEN: &str = "=======";
const THEIRS: &str = ">>>>>>> generated";

/// Whether a text still has markers of a merge in it.
#[must_use]
pub fn has_markers(text: &str) -> bool {
    text.lines().any(|line| line == OURS) && text.lines().any(|line| line == THEIRS)
}

/// A change: lines of the base, and those that stand in their place.
#[derive(Debug, Clone)]
struct Hunk {
    base: Range<usize>,
    side: Range<usize>,
}

impl Hunk {
    /// Whether both change the same lines, or put something at the same place.
    fn overlaps(&self, base: &Range<usize>) -> bool {
        let is_same_place =
            self.base.is_empty() && base.is_empty() && self.base.start == base.start;
        is_same_place || (self.base.start < base.end && base.start < self.base.end)
    }
}

/// Merges what `ours` and `theirs` made of `base`.
#[must_use]
pub fn merge(base: &str, ours: &str, theirs: &str, conflict: Conflict) -> Merged {
    let base: Vec<&str> = base.split_inclusive('\n').collect();
    let ours: Vec<&str> = ours.split_inclusive('\n').collect();
    let theirs: Vec<&str> = theirs.split_inclusive('\n').collect();
    let mut merging = Merging {
        ours: Side::new(&base, &ours),
        theirs: Side::new(&base, &theirs),
        base: &base,
        conflict,
        merged: Merged {
            text: String::new(),
            conflicts: 0,
            rejects: String::new(),
        },
    };
    let mut at = 0;
    while let Some(base_end) = merging.step(at) {
        at = base_end;
    }
    merging.merged
}

struct Side<'a> {
    lines: &'a [&'a str],
    hunks: std::iter::Peekable<std::vec::IntoIter<Hunk>>,
}

impl<'a> Side<'a> {
    fn new(base: &[&str], lines: &'a [&'a str]) -> Self {
        let hunks: Vec<Hunk> = changes(base, lines)
            .into_iter()
            .fold(Vec::new(), joined)
            .into_iter()
            .flat_map(by_line)
            .collect();
        Self {
            lines,
            hunks: hunks.into_iter().peekable(),
        }
    }

    /// Hunks that touch `range`, and the range they reach to.
    fn take(&mut self, range: &mut Range<usize>, taken: &mut Vec<Hunk>) -> bool {
        let before = taken.len();
        while let Some(hunk) = self.hunks.next_if(|hunk| hunk.overlaps(range)) {
            range.start = range.start.min(hunk.base.start);
            range.end = range.end.max(hunk.base.end);
            taken.push(hunk);
        }
        taken.len() > before
    }

    /// This side's version of a range of the base, of which it changed what `hunks` say.
    fn version(&self, base: &[&str], range: &Range<usize>, hunks: &[Hunk]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut at = range.start;
        for hunk in hunks {
            lines.extend(base[at..hunk.base.start].iter().map(ToString::to_string));
            let changed = &self.lines[hunk.side.clone()];
            lines.extend(changed.iter().map(ToString::to_string));
            at = hunk.base.end;
        }
        lines.extend(base[at..range.end].iter().map(ToString::to_string));
        lines
    }
}

/// What `lines` changed of `base`, in order. The places that `similar` names can lie beside those where its
/// steps lead once it has moved some of them, so the steps alone are followed.
fn changes(base: &[&str], lines: &[&str]) -> Vec<Hunk> {
    let (mut at, mut there) = (0, 0);
    let mut hunks = Vec::new();
    for step in capture_diff_slices(Algorithm::Patience, base, lines) {
        let hunk = Hunk {
            base: at..at + step.old_range().len(),
            side: there..there + step.new_range().len(),
        };
        (at, there) = (hunk.base.end, hunk.side.end);
        if !matches!(step, DiffOp::Equal { .. }) {
            hunks.push(hunk);
        }
    }
    hunks
}

/// A deletion and an insertion at the same place are one change.
fn joined(mut hunks: Vec<Hunk>, next: Hunk) -> Vec<Hunk> {
    match hunks.last_mut() {
        Some(last) if last.base.end == next.base.start && last.side.end == next.side.start => {
            last.base.end = next.base.end;
            last.side.end = next.side.end;
        }
        _ => hunks.push(next),
    }
    hunks
}

/// Lines that stand in the place of as many others are changes of one line each: the other side may
/// have changed some of them alike.
fn by_line(hunk: Hunk) -> Vec<Hunk> {
    if hunk.base.len() != hunk.side.len() {
        return vec![hunk];
    }
    let pairs = hunk.base.zip(hunk.side);
    let one = |(base, side)| Hunk {
        base: base..base + 1,
        side: side..side + 1,
    };
    pairs.map(one).collect()
}

struct Merging<'a> {
    base: &'a [&'a str],
    ours: Side<'a>,
    theirs: Side<'a>,
    conflict: Conflict,
    merged: Merged,
}

impl Merging<'_> {
    /// Copies up to the next change and makes it; says where in the base it ends.
    fn step(&mut self, at: usize) -> Option<usize> {
        let start = |hunk: &Hunk| (hunk.base.start, hunk.base.end);
        let mine = self.ours.hunks.peek().map(start);
        let generated = self.theirs.hunks.peek().map(start);
        let Some(first) = [mine, generated].into_iter().flatten().min() else {
            self.push(&self.base[at..].concat());
            return None;
        };
        self.push(&self.base[at..first.0].concat());
        let mut range = first.0..first.1;
        let (mut our_hunks, mut their_hunks) = (Vec::new(), Vec::new());
        if mine == Some(first) {
            our_hunks.extend(self.ours.hunks.next());
        } else {
            their_hunks.extend(self.theirs.hunks.next());
        }
        while self.ours.take(&mut range, &mut our_hunks)
            | self.theirs.take(&mut range, &mut their_hunks)
        {}
        let ours = self.ours.version(self.base, &range, &our_hunks);
        let theirs = self.theirs.version(self.base, &range, &their_hunks);
        if their_hunks.is_empty() || ours == theirs {
            self.push(&ours.concat());
        } else if our_hunks.is_empty() {
            self.push(&theirs.concat());
        } else {
            self.conflicting(range.start, &ours, &theirs);
        }
        Some(range.end)
    }

    /// Both changed it: what they have in common at the edges is no conflict.
    fn conflicting(&mut self, line: usize, ours: &[String], theirs: &[String]) {
        let start = common(ours.iter().zip(theirs));
        let (first, ours, theirs) = (&ours[..start], &ours[start..], &theirs[start..]);
        let end = common(ours.iter().rev().zip(theirs.iter().rev()));
        let (ours, last) = ours.split_at(ours.len() - end);
        let theirs = &theirs[..theirs.len() - end];
        self.merged.conflicts += 1;
        self.push(&first.concat());
        match self.conflict {
            Conflict::Markers => {
                self.push_line(OURS);
                self.push(&ours.concat());
                self.push_line(BETWEEN);
                self.push(&theirs.concat());
                self.push_line(THEIRS);
            }
            Conflict::Ours => self.push(&ours.concat()),
            Conflict::Theirs => self.push(&theirs.concat()),
            Conflict::Rej => {
                self.push(&ours.concat());
                self.reject(line + start, ours, theirs);
            }
        }
        self.push(&last.concat());
    }

    fn reject(&mut self, line: usize, ours: &[String], theirs: &[String]) {
        let rejects = &mut self.merged.rejects;
        let _ = writeln!(rejects, "@@ line {} @@", line + 1);
        for (sign, lines) in [('-', ours), ('+', theirs)] {
            for line in lines {
                rejects.push(sign);
                rejects.push_str(line.trim_end_matches('\n'));
                rejects.push('\n');
            }
        }
    }

    fn push(&mut self, text: &str) {
        let merged = &mut self.merged.text;
        // A side without a line end at its end, and something that follows it now.
        if !text.is_empty() && !merged.is_empty() && !merged.ends_with('\n') {
            merged.push('\n');
        }
        merged.push_str(text);
    }

    fn push_line(&mut self, line: &str) {
        self.push(line);
        self.merged.text.push('\n');
    }
}

fn common<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>) -> usize {
    pairs.take_while(|(ours, theirs)| ours == theirs).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> Merged {
        let [base, ours, theirs] = [base, ours, theirs].map(|text| text.replace(' ', "\n") + "\n");
        merge(&base, &ours, &theirs, Conflict::Markers)
    }

    fn text(base: &str, ours: &str, theirs: &str) -> String {
        let merged = merged(base, ours, theirs);
        merged.text.trim_end().replace('\n', " ")
    }

    #[test]
    fn changes_of_different_lines_both_survive() {
        assert_eq!("A b C", text("a b c", "A b c", "a b C"));
        assert_eq!("x a b", text("a b c", "x a b c", "a b"));
        assert_eq!("a x b y", text("a b", "a x b", "a b y"));
    }

    #[test]
    fn lines_next_to_each_other_are_different_lines() {
        assert_eq!("A B c", text("a b c", "A b c", "a B c"));
        assert_eq!("a x B", text("a b", "a x b", "a B"));
        assert_eq!("a B x", text("a b", "a b x", "a B"));
        assert_eq!("x c", text("a b c", "x b c", "a c"));
    }

    #[test]
    fn the_same_change_on_both_sides_is_one() {
        assert_eq!("a X c", text("a b c", "a X c", "a X c"));
        assert_eq!("a X C", text("a b c", "a X c", "a X C"));
    }

    #[test]
    fn one_side_alone_wins() {
        assert_eq!("a B", text("a b", "a b", "a B"));
        assert_eq!("a B", text("a b", "a B", "a b"));
        assert_eq!("", text("a", "a", ""));
    }

    #[test]
    fn the_same_lines_changed_differently_conflict() {
        let merged = merged("a b c", "a B c", "a BB c");

        assert_eq!(1, merged.conflicts);
        assert!(has_markers(&merged.text));
        assert_eq!(
            "a\n<<<<<<< yours\nB\n=======\nBB\n>>>>>>> generated\nc\n",
            merged.text
        );
    }

    #[test]
    fn what_conflicting_sides_have_in_common_is_outside_of_the_markers() {
        assert_eq!(
            "x <<<<<<< yours B ======= BB >>>>>>> generated y c",
            text("a c", "x B y c", "x BB y c")
        );
    }

    #[test]
    fn a_conflict_ends_as_asked() {
        let merge = |conflict| merge("a\nb\nc\n", "a\nB\nc\n", "a\nBB\nC\n", conflict);

        assert_eq!("a\nB\nC\n", merge(Conflict::Ours).text);
        assert_eq!("a\nBB\nC\n", merge(Conflict::Theirs).text);
        let rejected = merge(Conflict::Rej);
        assert_eq!("a\nB\nC\n", rejected.text);
        assert_eq!("@@ line 2 @@\n-B\n+BB\n", rejected.rejects);
    }

    #[test]
    fn a_last_line_without_an_end_swallows_nothing() {
        let merged = merge("a\nb\n", "a\nb", "a\nb\nc\n", Conflict::Markers);

        assert!(merged.text.contains("c\n"), "{}", merged.text);
        assert!(!merged.text.contains("bc"), "{}", merged.text);
    }

    /// Numbers that look random and are the same on every run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(self.0 >> 33).unwrap() % limit
        }
    }

    /// Lines of which the two sides change some each, never the same: all of both must be there,
    /// and in order.
    #[test]
    fn random_edits_of_different_lines_are_never_lost() {
        let mut numbers = Numbers(12);
        for round in 0..2_000 {
            let base: Vec<String> = (0..30).map(|line| format!("line {line}\n")).collect();
            let (mut ours, mut theirs, mut both) = (base.clone(), base.clone(), base.clone());
            for line in 0..base.len() {
                let changed = match numbers.below(3) {
                    0 => String::new(),
                    1 => format!("changed {line} in {round}\n"),
                    _ => format!("line {line}\nadded to {line} in {round}\n"),
                };
                match numbers.below(6) {
                    0 => ours[line].clone_from(&changed),
                    1 => theirs[line].clone_from(&changed),
                    _ => continue,
                }
                both[line] = changed;
            }

            let merged = merge(
                &base.concat(),
                &ours.concat(),
                &theirs.concat(),
                Conflict::Markers,
            );

            let expected = both.concat();
            if merged.conflicts == 0 {
                assert_eq!(expected, merged.text, "round {round}");
            } else {
                // Additions at one place, of both sides: all lines are there for a person to order.
                for line in expected.lines().filter(|line| line.contains(" in ")) {
                    assert!(merged.text.contains(line), "round {round}: {line}");
                }
            }
        }
    }

    /// A person and a template that each go their way for several versions, on lines of their own.
    #[test]
    fn histories_end_with_every_edit_of_both() {
        let mut numbers = Numbers(99);
        for history in 0..1_000 {
            let mut theirs: Vec<String> = (0..40).map(|line| format!("line {line}\n")).collect();
            let mut ours = theirs.concat();
            // What a person wrote, in the place of the line that was there.
            let mut own = vec![false; theirs.len()];
            for version in 0..4 {
                let base = theirs.concat();
                let line = numbers.below(theirs.len());
                let generated = theirs[line].clone();
                if !own[line] && ours.matches(&generated).count() == 1 {
                    own[line] = true;
                    ours = ours.replace(&generated, &format!("mine {line}\n"));
                }
                for _ in 0..5 {
                    let line = numbers.below(theirs.len());
                    if !own[line] {
                        theirs[line] = format!("line {line} of {version}\n");
                    }
                }

                let merged = merge(&base, &ours, &theirs.concat(), Conflict::Markers);

                assert_eq!(0, merged.conflicts, "history {history}");
                ours = merged.text;
            }
            let lines = theirs.iter().zip(own).enumerate();
            let expected: Vec<String> = lines
                .map(|(line, (theirs, own))| {
                    if own {
                        format!("mine {line}\n")
                    } else {
                        theirs.clone()
                    }
                })
                .collect();
            assert_eq!(expected.concat(), ours, "history {history}");
        }
    }

    #[test]
    fn changes_that_repeat_lines_stand_where_they_were_made() {
        let base = "a\r\nb\r\n\r\na\r\nb\r\n";
        let moved = "a\r\nb\r\n\n\nb\r\n\r\nb\r\n\r\nb\r\n";

        assert_eq!(merge(base, moved, base, Conflict::Markers).text, moved);
        assert_eq!(merge(base, base, moved, Conflict::Markers).text, moved);
    }

    #[test]
    fn changes_of_both_sides_that_repeat_lines_are_merged() {
        let base = "a\r\nb\r\n\r\na\r\nb\r\n";
        let ours = "a\"\r\n\na\r\nb\r\nb\r\nb\r\nb\r\n";
        let theirs = "a\r\nb\r\n\r\na\r\nb\r\n\r\nb\r\n";

        assert_eq!(merge(base, ours, base, Conflict::Markers).text, ours);
        assert_eq!(merge(base, base, theirs, Conflict::Markers).text, theirs);
        assert!(
            merge(base, ours, theirs, Conflict::Ours)
                .text
                .contains("a\"\r\n")
        );
    }
}
