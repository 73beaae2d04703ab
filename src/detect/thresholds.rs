//! Thresholds in force: those that the detectors' pages name, unless the user set others.

use std::collections::BTreeMap;

use super::walks;
use super::{About, Threshold, all};
use crate::error::Error;

/// The thresholds that the user set, by detector and name.
#[derive(Clone, Debug, Default)]
pub struct Thresholds {
    set: BTreeMap<(&'static str, &'static str), u64>,
}

/// Three detectors share what tries at doors must come to; the page of the first that names a threshold owns it.
const SHARING: [&str; 3] = ["credential-stuffing", "password-spraying", "brute-force"];

/// Below this there is nothing to judge: nobody keeps who asked for fewer.
const FLOORS: [(&str, &str, u64); 3] = [
    ("object-enumeration", "objects", walks::LEAST),
    ("scraping", "objects", walks::LEAST),
    ("scraping", "objects of each", walks::LEAST),
];

impl Thresholds {
    /// Sets a threshold in the unit that its page names; one that is set already stays.
    pub fn set(&mut self, detector: &str, name: &str, value: u64) -> Result<(), Error> {
        let abouts: Vec<&'static About> =
            super::with_rules(&std::sync::Arc::default()).iter().map(|detector| detector.about()).collect();
        let Some(about) = abouts.iter().find(|about| about.id == detector) else {
            let known: Vec<&str> = abouts.iter().map(|about| about.id).collect();
            return Err(Error::unknown("detector", detector, &known));
        };
        let Some(known) = about.thresholds.iter().find(|one| one.name == name) else {
            let names: Vec<&str> = about.thresholds.iter().map(|one| one.name).collect();
            return Err(Error::unknown(&format!("threshold of {detector}"), name, &names));
        };
        check(about, known, value)?;
        self.set.entry((owner(about.id, known.name), known.name)).or_insert(value);
        Ok(())
    }

    /// The threshold `name` of the detector with this page.
    pub(crate) fn of(&self, about: &About, name: &str) -> u64 {
        let set = self.set.get(&(owner(about.id, name), name));
        let own = || about.thresholds.iter().find(|one| one.name == name).map(|one| one.value);
        set.copied().or_else(own).expect("the page names every threshold that is asked for")
    }
}

/// Whether a threshold may have this value.
fn check(about: &About, threshold: &Threshold, value: u64) -> Result<(), Error> {
    if threshold.unit == "of 100" {
        return Err(Error::usage("this one is set by `sensitivity`"));
    }
    let floor = FLOORS.iter().find(|(id, name, _)| (*id, *name) == (about.id, threshold.name));
    let least = floor.map_or(1, |&(_, _, least)| least);
    let most = if threshold.unit == "%" { 100 } else { 1_000_000_000 };
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Error::usage(format!("{value} is not between {least} and {most} {}", threshold.unit)))
    }
}

/// Whose page a threshold is set for.
fn owner<'a>(detector: &'a str, name: &str) -> &'a str {
    if !SHARING.contains(&detector) {
        return detector;
    }
    let names = |id: &&&str| {
        let about = all().iter().map(|one| one.about()).find(|about| about.id == **id);
        about.is_some_and(|about| about.thresholds.iter().any(|one| one.name == name))
    };
    SHARING.iter().find(names).copied().unwrap_or(detector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_the_pages_until_it_is_set_and_the_first_to_set_it_has_its_way() {
        let about = |id: &str| all().iter().map(|one| one.about()).find(|about| about.id == id).unwrap();
        let mut thresholds = Thresholds::default();
        assert_eq!(thresholds.of(about("scraping"), "objects"), 150);
        thresholds.set("scraping", "objects", 500).unwrap();
        thresholds.set("scraping", "objects", 600).unwrap();
        assert_eq!(thresholds.of(about("scraping"), "objects"), 500);
        // What three detectors share is set for all of them, whichever is named.
        thresholds.set("brute-force", "refused tries", 40).unwrap();
        for id in SHARING {
            assert_eq!(thresholds.of(about(id), "refused tries"), 40, "{id}");
        }
        assert_eq!(thresholds.of(about("brute-force"), "tries at an account"), 20);
    }

    #[test]
    fn what_cannot_be_set_is_told() {
        let told = |detector: &str, name: &str, value| {
            Thresholds::default().set(detector, name, value).unwrap_err().to_string()
        };
        assert_eq!(told("scrapin", "objects", 9), "unknown detector `scrapin`; did you mean `scraping`?");
        assert_eq!(
            told("scraping", "object", 9),
            "unknown threshold of scraping `object`; did you mean `objects`?"
        );
        assert_eq!(told("scraping", "objects", 9), "9 is not between 12 and 1000000000 objects");
        assert_eq!(told("scraping", "coverage", 101), "101 is not between 1 and 100 %");
        assert_eq!(told("injection", "score", 9), "this one is set by `sensitivity`");
    }
}
