//! The words of a verdict: kinds, outcomes, severities, and the table that joins them.

use serde::{Deserialize, Serialize};

/// What was done. The names are those of `gatehound.incident.v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Many accounts, about one try each, known pairs.
    CredentialStuffing,
    /// Many accounts, few passwords, rounds.
    PasswordSpraying,
    /// One account, many tries.
    BruteForce,
    /// Asking which accounts exist.
    AccountEnumeration,
    /// Walking the ids of objects of one route.
    ObjectEnumeration,
    /// Asking which paths exist.
    PathEnumeration,
    /// More data taken than there is cause to.
    DataExfiltration,
    /// A public catalogue taken whole.
    Scraping,
    /// Payloads in a request.
    Injection,
    /// Probing for known weaknesses.
    VulnerabilityScan,
    /// Making the service work or wait.
    ResourceExhaustion,
    /// Forged fields, gaps, time reversals in the log itself.
    LogTampering,
    /// Something reachable that should not be.
    Exposure,
    /// A rule of the user's that maps to nothing else.
    Sigma,
    /// A token used where or when its owner cannot be.
    TokenAbuse,
    /// Data sent to a country that the policy forbids.
    DataResidency,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::CredentialStuffing,
        Self::PasswordSpraying,
        Self::BruteForce,
        Self::AccountEnumeration,
        Self::ObjectEnumeration,
        Self::PathEnumeration,
        Self::DataExfiltration,
        Self::Scraping,
        Self::Injection,
        Self::VulnerabilityScan,
        Self::ResourceExhaustion,
        Self::LogTampering,
        Self::Exposure,
        Self::Sigma,
        Self::TokenAbuse,
        Self::DataResidency,
    ];

    /// How the title of an incident begins.
    pub fn title(self) -> &'static str {
        match self {
            Self::CredentialStuffing => "Credential stuffing",
            Self::PasswordSpraying => "Password spraying",
            Self::BruteForce => "Password guessing",
            Self::AccountEnumeration => "Account enumeration",
            Self::ObjectEnumeration => "Object enumeration",
            Self::PathEnumeration => "Path enumeration",
            Self::DataExfiltration => "Data exfiltration",
            Self::Scraping => "Scraping",
            Self::Injection => "Injection",
            Self::VulnerabilityScan => "Vulnerability scan",
            Self::ResourceExhaustion => "Resource exhaustion",
            Self::LogTampering => "Log tampering",
            Self::Exposure => "Exposed file",
            Self::Sigma => "Sigma rule",
            Self::TokenAbuse => "Token abuse",
            Self::DataResidency => "Data residency",
        }
    }

    /// The name, as the contract spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CredentialStuffing => "credential-stuffing",
            Self::PasswordSpraying => "password-spraying",
            Self::BruteForce => "brute-force",
            Self::AccountEnumeration => "account-enumeration",
            Self::ObjectEnumeration => "object-enumeration",
            Self::PathEnumeration => "path-enumeration",
            Self::DataExfiltration => "data-exfiltration",
            Self::Scraping => "scraping",
            Self::Injection => "injection",
            Self::VulnerabilityScan => "vulnerability-scan",
            Self::ResourceExhaustion => "resource-exhaustion",
            Self::LogTampering => "log-tampering",
            Self::Exposure => "exposure",
            Self::Sigma => "sigma",
            Self::TokenAbuse => "token-abuse",
            Self::DataResidency => "data-residency",
        }
    }

    /// Where in an attack's story this kind stands.
    pub fn stage(self) -> Stage {
        match self {
            Self::PathEnumeration | Self::VulnerabilityScan | Self::Exposure | Self::Sigma => Stage::Recon,
            Self::CredentialStuffing
            | Self::PasswordSpraying
            | Self::BruteForce
            | Self::AccountEnumeration
            | Self::TokenAbuse => Stage::Credentials,
            Self::ObjectEnumeration | Self::Injection => Stage::Discovery,
            Self::Scraping => Stage::Collection,
            Self::DataExfiltration | Self::DataResidency => Stage::Exfiltration,
            Self::ResourceExhaustion | Self::LogTampering => Stage::Impact,
        }
    }
}

/// A stage of an attack, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Looking round.
    Recon,
    /// Getting in.
    Credentials,
    /// Learning what is there.
    Discovery,
    /// Gathering it.
    Collection,
    /// Taking it away.
    Exfiltration,
    /// Doing harm.
    Impact,
}

/// How far it got, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every try got 403, 406, 429, 444 or a WAF's block.
    Blocked,
    /// Tried; the log does not show that it worked.
    Attempted,
    /// It learned something: which accounts, ids or paths exist.
    Probed,
    /// An account opened, a payload answered, an object of somebody else's read.
    Succeeded,
    /// Data in quantity left.
    Exfiltrated,
}

impl Outcome {
    /// The name, as the contract spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Attempted => "attempted",
            Self::Probed => "probed",
            Self::Succeeded => "succeeded",
            Self::Exfiltrated => "exfiltrated",
        }
    }
}

/// How much a person should care, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Single probes, such as the internet makes all day.
    Low,
    /// Worth a person's time.
    Medium,
    /// Worth it now.
    High,
    /// Succeeded, and matters.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name, as the contract spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What identities the log tells, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fidelity {
    /// Principals and tokens.
    A,
    /// User names.
    B,
    /// Addresses only.
    C,
}

/// How much of it there was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// No population test passed: single probes.
    Single,
    /// The detector's population test passed, fast or slow.
    Sustained,
    /// A campaign, or an order of magnitude beyond the 99.9th percentile of its population.
    Large,
}

/// The severity table of `incident.md`. Combinations that the table leaves out take the next milder cell of their row.
pub fn severity(kind: Kind, outcome: Outcome, scale: Scale) -> Severity {
    use Severity::{Critical, High, Info, Low, Medium};
    if scale == Scale::Single {
        return match outcome {
            Outcome::Blocked => Info,
            Outcome::Attempted | Outcome::Probed => Low,
            Outcome::Succeeded => High,
            Outcome::Exfiltrated => Critical,
        };
    }
    let row = |tried, probed, succeeded, exfiltrated| match outcome {
        Outcome::Blocked | Outcome::Attempted => tried,
        Outcome::Probed => probed,
        Outcome::Succeeded => succeeded,
        Outcome::Exfiltrated => exfiltrated,
    };
    let large = if scale == Scale::Large { High } else { Medium };
    match kind {
        Kind::CredentialStuffing | Kind::PasswordSpraying | Kind::BruteForce | Kind::AccountEnumeration => {
            row(large, High, Critical, Critical)
        }
        Kind::Scraping => row(Medium, Medium, Medium, High),
        Kind::ResourceExhaustion => row(large, large, High, High),
        Kind::LogTampering => large,
        Kind::Injection
        | Kind::VulnerabilityScan
        | Kind::PathEnumeration
        | Kind::ObjectEnumeration
        | Kind::TokenAbuse
        | Kind::Exposure
        | Kind::Sigma
        | Kind::DataExfiltration
        | Kind::DataResidency => row(Medium, Medium, High, Critical),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_contract_holds() {
        use Scale::{Large, Single, Sustained};
        let cases = [
            (Kind::CredentialStuffing, Outcome::Attempted, Sustained, Severity::Medium),
            (Kind::CredentialStuffing, Outcome::Attempted, Large, Severity::High),
            (Kind::BruteForce, Outcome::Succeeded, Sustained, Severity::Critical),
            (Kind::PathEnumeration, Outcome::Probed, Sustained, Severity::Medium),
            (Kind::Scraping, Outcome::Succeeded, Large, Severity::Medium),
            (Kind::Scraping, Outcome::Exfiltrated, Large, Severity::High),
            (Kind::DataExfiltration, Outcome::Exfiltrated, Sustained, Severity::Critical),
            (Kind::PathEnumeration, Outcome::Attempted, Single, Severity::Low),
        ];
        for (kind, outcome, scale, wanted) in cases {
            assert_eq!(severity(kind, outcome, scale), wanted, "{kind:?} {outcome:?} {scale:?}");
        }
    }
}
