//! From a spec that fails to a small one that fails too.

use serde_json::Value as Json;

use super::complete::{Drawn, complete};

/// Takes away what can go while `fails` still says so, at most `tries` times asked.
pub fn shrink(id: &str, spec: &Json, mut tries: usize, fails: &dyn Fn(&Drawn) -> bool) -> Json {
    let mut smallest = spec.clone();
    let mut is_smaller = true;
    while is_smaller {
        is_smaller = false;
        // Large parts first: whole sections stand before what is in them.
        for path in paths(&smallest) {
            if tries == 0 {
                return smallest;
            }
            let mut without = smallest.clone();
            if !remove(&mut without, &path) {
                continue;
            }
            // What is no longer valid was needed; that costs nothing to find out.
            let Ok(drawn) = complete(id, without.clone()) else {
                continue;
            };
            tries -= 1;
            if fails(&drawn) {
                smallest = without;
                is_smaller = true;
                break;
            }
        }
    }
    smallest
}

/// The way to every value, outer ones first.
fn paths(spec: &Json) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let value = path
            .iter()
            .try_fold(spec, |value, step: &String| match value {
                Json::Array(items) => items.get(step.parse::<usize>().ok()?),
                other => other.get(step),
            });
        let steps: Vec<String> = match value {
            Some(Json::Object(map)) => map.keys().cloned().collect(),
            Some(Json::Array(items)) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        for step in steps {
            let mut longer = path.clone();
            longer.push(step);
            paths.push(longer.clone());
            open.insert(0, longer);
        }
    }
    paths
}

fn remove(spec: &mut Json, path: &[String]) -> bool {
    let Some((last, before)) = path.split_last() else {
        return false;
    };
    let parent = before.iter().try_fold(spec, |value, step| match value {
        Json::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        other => other.get_mut(step),
    });
    match parent {
        Some(Json::Object(map)) => map.shift_remove(last).is_some(),
        Some(Json::Array(items)) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
