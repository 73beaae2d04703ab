//! What is left out of judging, to measure what it is worth: a look-alike, or that sources are told as one.

use crate::detect::story;
use crate::error::Error;
use crate::incident::Finding;

/// The word for all that tells several sources as one: campaigns, and pools that take turns.
const CLUSTERS: &str = "clusters";

/// Every look-alike that can be left out, and [`CLUSTERS`].
const WORDS: [&str; 28] = [
    "backup-job",
    "broken-deploy",
    "closed-door",
    CLUSTERS,
    "crawler",
    "dead-links",
    "device-approval",
    "from-inside",
    "in-use",
    "kept-current",
    "list-first",
    "logins-for-many",
    "ordinary-parameters",
    "ordinary-traffic",
    "own-route",
    "own-space",
    "own-work",
    "public-pages",
    "retry-storm",
    "scheduled-sync",
    "shared-address",
    "shared-file",
    "slow-service",
    "stale-secret",
    "steady-poller",
    "support-desk",
    "test-environment",
    "worked-through",
];

/// What is left out of judging; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ablation(Vec<String>);

impl Ablation {
    /// What these words name: look-alikes, or `clusters`.
    ///
    /// # Errors
    ///
    /// Where a word names neither.
    pub fn read(words: &[String]) -> Result<Self, Error> {
        match words.iter().find(|word| !WORDS.contains(&word.as_str())) {
            Some(stranger) => Err(Error::unknown("look-alike", stranger, &WORDS)),
            None => Ok(Self(words.to_vec())),
        }
    }

    /// What a reader of the report must know of it.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        (!self.0.is_empty())
            .then(|| format!("judged without {}, as is done to measure what it is worth", self.0.join(", ")))
    }

    /// Whether sources are told as one.
    pub(super) fn clusters(&self) -> bool {
        !self.leaves_out(CLUSTERS)
    }

    /// Forgets what a look-alike that is left out says of a finding.
    pub(super) fn apply(&self, finding: &mut Finding) {
        let before = finding.confounders.len();
        finding.confounders.retain(|note| !self.leaves_out(&note.name));
        if finding.confounders.len() < before {
            story::suppress(finding);
        }
    }

    fn leaves_out(&self, word: &str) -> bool {
        self.0.iter().any(|one| one == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Confidence, ConfounderNote, Kind};

    #[test]
    fn a_look_alike_that_is_left_out_holds_nothing_back_and_others_still_do() {
        let note = |name: &'static str, score| ConfounderNote {
            name: name.into(),
            score: Confidence(score),
            reason: String::new(),
        };
        let mut finding = Finding::new("scraping", "pool", Kind::Scraping);
        finding.confounders = vec![note("crawler", 90), note("shared-address", 20)];
        story::suppress(&mut finding);
        assert_eq!(finding.suppressed_by, Some("crawler"));
        Ablation::default().apply(&mut finding);
        assert_eq!(finding.suppressed_by, Some("crawler"));
        Ablation::read(&["crawler".to_owned()]).unwrap().apply(&mut finding);
        assert_eq!((finding.suppressed_by, finding.confounders.len()), (None, 1));
        let wrong = Ablation::read(&["crawlers".to_owned()]).unwrap_err().to_string();
        assert_eq!(wrong, "unknown look-alike `crawlers`; did you mean `crawler`?");
    }

    #[test]
    fn every_look_alike_can_be_left_out() {
        let mut named: Vec<String> = Vec::new();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detect");
        for file in std::fs::read_dir(folder.join("confounder"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .chain([folder.join("rule_match.rs")])
        {
            let text = std::fs::read_to_string(file).unwrap();
            let notes =
                text.split("note(").skip(1).map(|note| note.split('"').nth(1).unwrap_or("").to_owned());
            named.extend(notes.filter(|name| WORDS.contains(&name.as_str())));
            named.extend(text.contains("ordinary-traffic").then(|| "ordinary-traffic".to_owned()));
        }
        named.sort();
        named.dedup();
        let known: Vec<&str> = WORDS.into_iter().filter(|word| *word != CLUSTERS).collect();
        assert_eq!(named, known);
    }
}
