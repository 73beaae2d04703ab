//! How much memory a scan may take: what the user says, else a share of what the machine can spare.

use std::path::Path;

use super::Surroundings;
use crate::config::Settings;
use crate::engine::Memory;
use crate::error::Error;

/// What may be taken of what is free, in percent, where the user says nothing: the page cache and others need some, too.
const SHARE: u64 = 75;

/// Nobody is asked to do with less, where the user says nothing.
const ENOUGH: u64 = 256 << 20;

/// Evidence goes to disk in runs that are no smaller than this, and this share of all memory.
const RUN: u64 = 8 << 20;
const RUN_SHARE: u64 = 16;

/// How much may be taken; `None` for no bound.
pub(super) fn allowed(settings: &Settings, around: &Surroundings) -> Result<Option<Memory>, Error> {
    let most = match settings.read("memory", size)? {
        Some(said) => said,
        None => around.memory.map(|free| (free / 100 * SHARE).max(ENOUGH)),
    };
    Ok(most.map(|most| Memory { most, least: (most / RUN_SHARE).max(RUN) }))
}

/// The bytes that a word such as `500M` or `2G` means, in steps of 1024; `None` for no bound.
fn size(word: &str) -> Result<Option<u64>, Error> {
    if word == "none" {
        return Ok(None);
    }
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = word.split_at(digits);
    let unit = unit.trim().to_ascii_uppercase();
    let unit = unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit);
    let shift = match unit {
        "" => Some(0),
        "K" => Some(10),
        "M" => Some(20),
        "G" => Some(30),
        "T" => Some(40),
        _ => None,
    };
    let bytes = number.parse::<u64>().ok().zip(shift);
    let bytes = bytes.and_then(|(number, shift)| number.checked_mul(1 << shift));
    bytes.filter(|&bytes| bytes > 0).map(Some).ok_or_else(|| {
        Error::usage(format!("`{word}` is not a size; write `500M`, `2G`, or `none` for no bound"))
    })
}

/// What the machine can spare: what is free there, or less where a control group bounds the process (Linux). `read` gives the
/// text of a file.
pub fn available(read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let free = read(Path::new("/proc/meminfo"))?;
    let free = free.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let free = free.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024;
    let number = |path: &Path| read(path)?.trim().parse::<u64>().ok();
    // Version 2 has one tree; a bound may stand at any group above the own. Containers see theirs as the root.
    let root = Path::new("/sys/fs/cgroup");
    let group = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let group = group.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let groups = root.join(group);
    let bounds = groups.ancestors().take_while(|one| one.starts_with(root)).map(|one| one.join("memory.max"));
    let first = root.join("memory/memory.limit_in_bytes");
    bounds.chain([first]).filter_map(|path| number(&path)).chain([free]).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_sort_and_systemd_read_them() {
        for (word, bytes) in
            [("200M", 200 << 20), ("2G", 2 << 30), ("64 MiB", 64 << 20), ("512kb", 512 << 10), ("9", 9)]
        {
            assert_eq!(size(word).unwrap(), Some(bytes), "{word}");
        }
        assert_eq!(size("none").unwrap(), None);
        for word in ["", "0", "M", "-1M", "1.5G", "200X", "20000000T"] {
            assert!(size(word).is_err(), "{word}");
        }
    }

    #[test]
    fn the_nearest_bound_is_what_can_be_spared() {
        let machine = |group: &'static str, bound: (&'static str, &'static str)| {
            available(|path| match path.to_str()? {
                "/proc/meminfo" => Some("MemTotal: 9 kB\nMemAvailable:    1000 kB\n".to_owned()),
                "/proc/self/cgroup" => Some(group.to_owned()),
                path => (path == bound.0).then(|| bound.1.to_owned()),
            })
        };
        assert_eq!(machine("", ("", "")), Some(1_024_000));
        assert_eq!(machine("0::/a/b\n", ("/sys/fs/cgroup/a/memory.max", "5000\n")), Some(5000));
        assert_eq!(machine("0::/a/b\n", ("/sys/fs/cgroup/a/b/memory.max", "max\n")), Some(1_024_000));
        assert_eq!(machine("0::/\n", ("/sys/fs/cgroup/memory.max", "7000\n")), Some(7000));
        assert_eq!(available(|_| None), None);
    }
}
