//! Ready evidence: bounded, merged by content alone, in integers.

mod bounded;
mod distinct;
mod outcomes;
mod sampled;
mod samples;

pub use bounded::Bounded;
pub use distinct::Distinct;
pub use outcomes::{Answer, Outcomes, size_class, size_of_class};
pub use sampled::Sampled;
pub use samples::{Samples, Span};
