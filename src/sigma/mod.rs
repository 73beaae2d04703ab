//! Sigma rules over access logs: folders of rules are read, compiled against [`Event`](crate::event::Event) and matched at
//! line speed. An adapter: nothing outside this room knows who parses the YAML.
//!
//! A rule becomes an expression of tests on fields. Of every expression the literals are taken without which it
//! cannot be true; one pass over the line finds those, and only the rules they belong to are looked at. Correlations count
//! what matched: of each match they leave a note, and the notes of a group are judged when all is read.

mod compile;
mod correlation;
mod encode;
mod example;
mod expr;
mod facts;
mod fed;
mod field;
mod filter;
mod frame;
mod item;
mod load;
mod matched;
mod matcher;
mod needle;
mod pack;
mod pattern;
mod place;
mod quads;
mod read;
mod rest;
mod rule;
mod rules;
mod sieve;
mod weight;

pub use correlation::{Correlation, GROUPED, Note, Ticks};
pub use example::Example;
pub use facts::Facts;
pub use fed::Fed;
pub use load::{Loaded, load};
pub use matched::Matched;
pub use matcher::{Matcher, OfPath};
pub use place::Mistake;
pub use rule::{Level, Rule};
pub use rules::Rules;

#[cfg(test)]
mod tests;
