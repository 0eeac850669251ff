//! What this process has used so far, from `/proc`.

use std::fs;

use crate::Failure;

/// CPU seconds of all threads, ended ones included. Resolution: a clock tick, 10 ms.
pub fn cpu_seconds() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th after it.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(ticks as f64 / 100.0)
}

/// Resident memory now, MiB.
pub fn resident_mib() -> Result<f64, Failure> {
    status_mib("VmRSS:")
}

/// Most resident memory since [`reset_peak`], MiB.
pub fn peak_mib() -> Result<f64, Failure> {
    status_mib("VmHWM:")
}

/// Starts [`peak_mib`] over.
pub fn reset_peak() -> Result<(), Failure> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

fn status_mib(key: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kib: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no memory figures in /proc")?
        .parse()?;
    Ok(kib / 1_024.0)
}
