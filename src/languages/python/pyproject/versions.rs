//! Whether what a project requires can be met together with what the sinks need.

use toml_edit::{Document, Item};

use crate::diagnostics::Code;
use crate::problem::Problem;

/// The oldest Python that runs the sinks.
const OLDEST_PYTHON: [u64; 2] = [3, 10];

/// Why a requirement that is there shuts out the one that is needed: `httpx<0.25` and `httpx>=0.27`.
/// One that only allows older versions too is its owner's choice.
pub fn conflict(known: &str, needed: &str) -> Option<String> {
    let least = least(specifiers(needed))?;
    let is_met = !shuts_out(specifiers(known), &least);
    (!is_met).then(|| {
        format!(
            "`{}` is required, and the sinks need `{needed}`",
            known.trim()
        )
    })
}

/// Refuses a project for a Python that is too old.
///
/// # Errors
///
/// It is; says why and what to do.
pub fn check_python(text: &str) -> Result<(), Problem> {
    let Ok(document) = Document::parse(text) else {
        // Merging says what is wrong with it.
        return Ok(());
    };
    let poetry = || {
        let poetry = document.get("tool")?.get("poetry")?;
        poetry.get("dependencies")?.get("python")
    };
    let found = document
        .get("project")
        .and_then(|project| project.get("requires-python"));
    let Some(said) = found.or_else(poetry).and_then(Item::as_str) else {
        return Ok(());
    };
    let allows_older = least(said).is_none_or(|least| less(&least, &OLDEST_PYTHON));
    if allows_older || shuts_out(said, &OLDEST_PYTHON) {
        let [major, minor] = OLDEST_PYTHON;
        return Err(Problem::new(Code::Project, format!(
            "`pyproject.toml` says Python `{said}`, and the sinks need {major}.{minor} or newer"
        ))
        .hint(format!(
            "write `>={major}.{minor}`, if your users have it; or generate a project of its own: `--out` a new folder. Nothing was written"
        )));
    }
    Ok(())
}

/// What stands behind the name and its extras, before the marker.
fn specifiers(requirement: &str) -> &str {
    let requirement = requirement.split(';').next().unwrap_or(requirement).trim();
    let requirement = match requirement.split_once('[') {
        Some((_, rest)) => rest.split_once(']').map_or("", |(_, rest)| rest),
        None => requirement,
    };
    let start = requirement.find(['<', '>', '=', '~', '^', '!', '@', '*']);
    let start = start.unwrap_or(requirement.len());
    requirement[start..]
        .trim()
        .trim_start_matches('(')
        .trim_end_matches(')')
}

fn numbers(version: &str) -> Vec<u64> {
    let numbers = version.trim().split(['.', '*']);
    numbers.map_while(|number| number.parse().ok()).collect()
}

/// The numbers before the first that differs decide; a missing one is zero.
fn less(a: &[u64], b: &[u64]) -> bool {
    let at = |numbers: &[u64], index: usize| numbers.get(index).copied().unwrap_or(0);
    let length = a.len().max(b.len());
    (0..length).find_map(|index| {
        let (a, b) = (at(a, index), at(b, index));
        (a != b).then_some(a < b)
    }) == Some(true)
}

/// The least version that a list of specifiers allows; `None`: any.
fn least(specifiers: &str) -> Option<Vec<u64>> {
    specifiers.split(',').find_map(|one| {
        let one = one.trim();
        let version = [">=", "~=", "==", "^", "~", ">"]
            .iter()
            .find_map(|sign| one.strip_prefix(sign))?;
        Some(numbers(version.trim_start_matches('=')))
    })
}

/// Whether every version from `least` on is shut out.
fn shuts_out(specifiers: &str, least: &[u64]) -> bool {
    specifiers.split(',').any(|one| {
        let one = one.trim();
        if let Some(version) = one.strip_prefix("<=") {
            less(&numbers(version), least)
        } else if let Some(version) = one.strip_prefix('<') {
            !less(least, &numbers(version))
        } else if let Some(version) = one.strip_prefix("~=") {
            let mut end = numbers(version);
            end.pop();
            passed(&end, least)
        } else if let Some(version) = one.strip_prefix("==") {
            let exact = numbers(version.trim_start_matches('='));
            if version.contains('*') {
                passed(&exact, least)
            } else {
                less(&exact, least)
            }
        } else if let Some(version) = one.strip_prefix('^') {
            let version = numbers(version);
            let zeros = version.iter().take_while(|number| **number == 0).count();
            passed(&version[..version.len().min(zeros + 1)], least)
        } else if let Some(version) = one.strip_prefix('~') {
            let version = numbers(version);
            passed(&version[..version.len().min(2)], least)
        } else {
            false
        }
    })
}

/// Whether a version is behind all that begin with these numbers.
fn passed(start: &[u64], least: &[u64]) -> bool {
    let own: Vec<u64> = (0..start.len())
        .map(|index| least.get(index).copied().unwrap_or(0))
        .collect();
    less(start, &own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_met_together_is_a_conflict() {
        for known in [
            "httpx<0.27",
            "httpx==0.26.*",
            "httpx[http2]<=0.26.9; python_version>'3.9'",
            "httpx~=0.26.0",
            "httpx==0.25",
            "httpx (<0.20)",
            "^0.26",
            "~0.26",
        ] {
            assert!(conflict(known, "httpx>=0.27").is_some(), "{known}");
        }
        for known in [
            "httpx",
            "httpx>=0.20",
            "httpx<1",
            "httpx[http2]>=0.25,<0.29",
            "httpx~=0.27",
            "httpx==0.28.1",
            "httpx @ https://example.com/httpx.whl",
            "*",
            "^0.27.2",
            "httpx!=0.27.1",
        ] {
            assert_eq!(None, conflict(known, "httpx>=0.27"), "{known}");
        }
        assert_eq!(
            Some("`fapilog==0.3` is required, and the sinks need `fapilog>=0.18.0`".to_owned()),
            conflict("fapilog==0.3", "fapilog>=0.18.0")
        );
    }

    #[test]
    fn a_python_that_is_too_old_is_refused() {
        let message = |said: &str| {
            let text = format!("[project]\nname = \"app\"\nrequires-python = \"{said}\"\n");
            check_python(&text).err().map(|problem| problem.message)
        };

        assert_eq!(
            Some(
                "`pyproject.toml` says Python `>=3.8`, and the sinks need 3.10 or newer".to_owned()
            ),
            message(">=3.8")
        );
        assert!(
            message("<4").is_some() && message("==3.9.*").is_some() && message("~=3.9").is_some()
        );
        for said in [">=3.10", ">=3.11,<4", "~=3.12", "==3.13.*", ">= 3.10"] {
            assert_eq!(None, message(said), "{said}");
        }
        let poetry =
            "[tool.poetry]\nname = \"app\"\n[tool.poetry.dependencies]\npython = \"^3.9\"\n";
        assert!(check_python(poetry).is_err());
        assert!(check_python(&poetry.replace("3.9", "3.10")).is_ok());
    }
}
