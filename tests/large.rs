//! Writing adds little to the memory that a report takes, however many incidents it has. One test, so that the whole process
//! is its: what it measures is the process's peak, which Linux tells and forgets on demand.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic, and it tells what it measured"
)]

use std::io::{self, Write};

use gatehound::incident::{Address, Incident, Network, Raw};
use gatehound::output::{OUTPUTS, Output, Style};
use gatehound::run::Run;

#[cfg(feature = "deliver")]
#[path = "large/delivery.rs"]
mod delivery;

#[derive(serde::Deserialize)]
struct Report {
    run: Run,
    incidents: Vec<Incident>,
}

/// How many incidents, and what writing them may add. Code that is not optimised takes minutes for as many as a release does.
const INCIDENTS: u32 = if cfg!(debug_assertions) { 5_000 } else { 20_000 };
const MOST: u64 = if cfg!(debug_assertions) { 32 << 20 } else { 64 << 20 };
/// Documents for people, which hold incidents until they know which they show.
const WHOLE: [&str; 2] = ["text", "html"];

/// Incidents with two hundred entities each.
fn large() -> Report {
    let text = include_str!("output/attacks.json");
    let mut report: Report = serde_json::from_str(text).unwrap();
    let mut incident = report.incidents.remove(0);
    let entities = &mut incident.entities;
    let address = |nth: u32| format!("198.51.{}.{}", 100 + nth / 256, nth % 256);
    entities.source_ips = (0..100).map(|nth| Address(Raw(address(nth).into_bytes()))).collect();
    entities.users = (0..60).map(|nth| Raw(format!("j.{nth}@mail.example").into_bytes())).collect();
    let network = |nth| Network { cidr: format!("2001:db8:{nth:x}::/64"), addresses: 9, bystanders: 0 };
    entities.networks = (0..40).map(network).collect();
    let numbered = |nth: u32| Incident { id: format!("gh-{nth:016x}"), rank: nth + 1, ..incident.clone() };
    report.incidents = (0..INCIDENTS).map(numbered).collect();
    report
}

/// Counts what is written.
struct Nowhere<'n>(&'n mut u64);

impl Write for Nowhere<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// How far `work` takes memory above `before`.
fn peak(before: u64, work: impl FnOnce()) -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    work();
    status("VmHWM").saturating_sub(before)
}

/// Writes the report; how many bytes that makes.
fn write(output: &dyn Output, report: &Report) -> u64 {
    let mut bytes = 0;
    let mut writer = output.open(Box::new(Nowhere(&mut bytes)), Style::default());
    writer.begin(&report.run).unwrap();
    report.incidents.iter().for_each(|incident| writer.incident(incident).unwrap());
    writer.end().unwrap();
    drop(writer);
    bytes
}

#[test]
fn many_incidents_are_written_in_little_memory() {
    let report = large();
    let before = status("VmRSS");
    eprintln!("the report: {} MB", before >> 20);
    for output in OUTPUTS.iter().filter(|output| !WHOLE.contains(&output.name())) {
        let mut bytes = 0;
        let added = peak(before, || bytes = write(*output, &report));
        eprintln!("{}: {} MB in {} kB", output.name(), bytes >> 20, added >> 10);
        assert!(bytes > 1 << 20 && added <= MOST, "{}: {added} bytes", output.name());
    }
    #[cfg(feature = "deliver")]
    delivery::little(&report, before);
}
