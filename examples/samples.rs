//! Makes the samples of the detectors anew: `cargo run --release --example samples`. The same bytes come out every time.
//!
//! Each is a simulated log of a few hours, cut down to what its attack must be told from: the look-alikes stay in
//! `benign.log.zst` and, but for the longest, in `day.log.zst`, whose truth lies beside it.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use gatehound::simulate::truth::Truth;
use gatehound::simulate::{Chosen, Format, Options, Role, SCENARIOS, run};

/// What a sample is made of.
struct Sample {
    /// Its file, without `.log.zst`.
    name: &'static str,
    /// Which attacks happen in it.
    attacks: &'static [&'static str],
    format: Format,
    seed: u64,
    hours: u32,
    /// Requests a second, times 1,000.
    rate_milli: u32,
    look_alikes: LookAlikes,
    /// What somebody did to the log afterwards.
    tampered: fn(&[&[u8]]) -> Vec<u8>,
}

/// Which look-alikes stay in a sample.
enum LookAlikes {
    All,
    /// The lines of all of them are left out.
    None,
    AllBut(&'static [&'static str]),
}

/// Every sample: one a detector, the harmless day, and the day with seven attacks. Seeds were chosen so that each shows what
/// it is for: examples, not a measure of how often that works.
const SAMPLES: &[Sample] = &[
    quiet("credential-stuffing", &["stuffing-burst"], Format::Json, 7),
    quiet("password-spraying", &["spray-single"], Format::Json, 7),
    quiet("brute-force", &["brute-fast"], Format::Json, 2),
    quiet("account-enumeration", &["accounts-burst"], Format::Combined, 6),
    quiet("object-enumeration", &["objects-walk"], Format::Json, 5),
    quiet("path-enumeration", &["paths-wordlist"], Format::Alb, 6),
    Sample { hours: 4, rate_milli: 200, ..quiet("data-exfiltration", &["exfil-burst"], Format::Json, 5) },
    Sample { hours: 12, rate_milli: 400, ..quiet("scraping", &["scrape-pool"], Format::Combined, 5) },
    Sample { rate_milli: 200, ..quiet("injection", &["inject-slow"], Format::Combined, 3) },
    quiet("vulnerability-scan", &["scan-tool"], Format::Combined, 2),
    Sample { tampered, ..quiet("log-tampering", &[], Format::Combined, 8) },
    quiet("resource-exhaustion", &["exhaust-costly"], Format::Json, 3),
    Sample { hours: 8, rate_milli: 500, ..quiet("token-abuse", &["key-leaked"], Format::Json, 3) },
    Sample { rate_milli: 120, look_alikes: LookAlikes::All, ..quiet("benign", &[], Format::Combined, 4) },
    Sample {
        name: "day",
        attacks: &[
            "accounts-burst",
            "brute-spread",
            "exfil-burst",
            "objects-walk",
            "paths-wordlist",
            "spray-single",
            "stuffing-distributed",
        ],
        format: Format::Json,
        seed: 30,
        hours: 8,
        rate_milli: 250,
        look_alikes: LookAlikes::AllBut(&[
            "carrier-nat",
            "health-checks",
            "office-nat",
            "prefetching-app",
            "release-day",
            "retry-storm",
            "support-desk",
        ]),
        tampered: untouched,
    },
];

/// Two quiet hours with one attack and no look-alikes.
const fn quiet(name: &'static str, attacks: &'static [&'static str], format: Format, seed: u64) -> Sample {
    let (hours, rate_milli, look_alikes) = (2, 60, LookAlikes::None);
    Sample { name, attacks, format, seed, hours, rate_milli, look_alikes, tampered: untouched }
}

/// The log as it was written.
fn untouched(lines: &[&[u8]]) -> Vec<u8> {
    lines.concat()
}

/// The same with a stretch that was copied, and four lines into which one client wrote an answer of its own.
fn tampered(lines: &[&[u8]]) -> Vec<u8> {
    const FORGED: &[u8] =
        b"\"GET /admin\" 200 512 \"-\" \"Mozilla/5.0 HTTP/1.1\" 403 153 \"-\" \"curl/8.5.0\"\n";
    let (first, behind) = lines.split_at(lines.len() / 2);
    let mut log = [first, &first[first.len().saturating_sub(60)..]].concat().concat();
    for (nth, line) in behind.iter().enumerate() {
        log.extend_from_slice(line);
        let stamp =
            line.split(|&byte| byte == b'[').nth(1).and_then(|rest| rest.split(|&byte| byte == b']').next());
        if let Some(stamp) = stamp.filter(|_| nth < 4) {
            log.extend([b"198.51.100.9 - - [", stamp, b"] ", FORGED].concat());
        }
    }
    log
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    fs::create_dir_all(&folder)?;
    for sample in SAMPLES {
        let (log, truth) = sample.make()?;
        fs::write(folder.join(format!("{}.log.zst", sample.name)), zstd::encode_all(&*log, 19)?)?;
        if sample.name == "day" {
            fs::write(folder.join("day.truth.json"), serde_json::to_string_pretty(&truth)? + "\n")?;
        }
    }
    Ok(())
}

impl Sample {
    /// The log and its truth, both without the look-alikes that do not stay.
    fn make(&self) -> Result<(Vec<u8>, Truth), Box<dyn Error>> {
        let options = Options {
            seed: self.seed,
            hours: self.hours,
            rate_milli: self.rate_milli,
            scenarios: self.scenarios(),
            look_alikes: look_alikes(),
            format: self.format,
            ..Options::default()
        };
        let (mut whole, mut truth) = (Vec::new(), Vec::new());
        run(&options, &mut whole, Some(&mut truth))?;
        let mut truth: Truth = serde_json::from_slice(&truth)?;
        let (stay, leave): (Vec<_>, Vec<_>) =
            truth.benign.into_iter().partition(|one| self.look_alikes.stays(&one.id));
        truth.benign = stay;
        let leave: BTreeSet<&[u8]> =
            leave.iter().flat_map(|one| &one.ips).map(std::string::String::as_bytes).collect();
        let stays = |line: &&[u8]| !client(self.format, line).is_some_and(|client| leave.contains(client));
        let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').filter(stays).collect();
        truth.lines = lines.len() as u64;
        Ok(((self.tampered)(&lines), truth))
    }

    fn scenarios(&self) -> Chosen {
        Chosen::Named(self.attacks.iter().map(|&name| name.to_owned()).collect())
    }
}

/// The look-alikes of the first samples: with those that came later their lines would be others.
fn look_alikes() -> Chosen {
    const LATER: [&str; 4] = ["backing-off", "report-reader", "slow-hour", "video-streams"];
    let all = SCENARIOS.iter().filter(|scenario| scenario.role == Role::LookAlike);
    let first = all.map(|scenario| scenario.name).filter(|name| !LATER.contains(name));
    Chosen::Named(first.map(str::to_owned).collect())
}

impl LookAlikes {
    fn stays(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::AllBut(names) => !names.contains(&name),
        }
    }
}

/// The client's address as it stands in a simulated line.
fn client(format: Format, line: &[u8]) -> Option<&[u8]> {
    match format {
        Format::Combined => line.split(|&byte| byte == b' ').next(),
        Format::Json => {
            const BEFORE: &[u8] = b"\"http_x_forwarded_for\":\"";
            let begin = memchr::memmem::find(line, BEFORE)? + BEFORE.len();
            line[begin..].split(|&byte| byte == b'"').next()
        }
        Format::Alb => {
            let with_port = line.split(|&byte| byte == b' ').nth(3)?;
            let end = memchr::memrchr(b':', with_port)?;
            let address = &with_port[..end];
            Some(address.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(address))
        }
        // No sample is cut from a log in another format.
        _ => None,
    }
}
