//! What a report is made of: [`Finding`]s that detectors proved, and the ranked [`Incident`]s that they join to.

mod contract;
mod finding;
mod rank;
mod severity;

pub use contract::{
    Activity, Address, Confidence, ConfounderNote, Endpoint, Entities, Evidence, Impact, Incident, Network,
    Proof, Raw, References, RuleName, Stamp, Status, Tenths, Test,
};
pub use finding::{ByRule, Count, Finding, Join, Lead, Named, Sample};
pub use rank::{Group, hold_back, rank};
pub use severity::{Fidelity, Kind, Outcome, Scale, Severity, Stage, severity};
