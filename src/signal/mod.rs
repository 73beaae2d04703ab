//! What a single request shows by itself: it is decoded, its structure is judged class by class, and what is seen is scored.
//! Pure functions of the line; what is ordinary on a route is weighed elsewhere.

mod agents;
mod class;
mod code_injection;
mod command_injection;
mod decode;
mod file_inclusion;
mod gate;
mod glance;
mod jndi;
mod ldap;
mod mail;
mod nosql;
mod parts;
mod path_traversal;
mod piece;
mod protocol;
mod reader;
mod scan;
mod scanner;
mod sensitive_file;
mod session_fixation;
mod shown;
mod sqli;
mod ssi;
mod ssrf;
mod verdict;
mod wait;
mod webshell;
mod xss;
mod xxe;

pub use class::Class;
pub use decode::Decodings;
pub use glance::Glance;
pub use parts::Reached;
pub use piece::Field;
pub use reader::Reader;
pub use shown::Shown;
pub use verdict::{Sensitivity, Signal, Signals};
pub use webshell::is_script_among_files;

use piece::{Piece, Seen};

/// Knows one class: a pure function of a piece. What it gives is the strongest structure that it saw.
type Judge = fn(&Piece<'_>) -> Option<Seen>;

/// Every class with its judge, in the order in which signals are written.
static JUDGES: &[(Class, Judge)] = &[
    (Class::Sqli, sqli::judge),
    (Class::Xss, xss::judge),
    (Class::PathTraversal, path_traversal::judge),
    (Class::FileInclusion, file_inclusion::judge),
    (Class::CommandInjection, command_injection::judge),
    (Class::CodeInjection, code_injection::judge),
    (Class::Jndi, jndi::judge),
    (Class::Ssrf, ssrf::judge),
    (Class::SessionFixation, session_fixation::judge),
    (Class::Nosql, nosql::judge),
    (Class::Ldap, ldap::judge),
    (Class::Mail, mail::judge),
    (Class::Ssi, ssi::judge),
    (Class::Xxe, xxe::judge),
    (Class::Protocol, protocol::judge),
    (Class::Scanner, scanner::judge),
    (Class::SensitiveFile, sensitive_file::judge),
    (Class::Webshell, webshell::judge),
];

/// The judges of values that are written with nothing that code is written with: they look at names, paths and hosts.
static PLAIN: &[(Class, Judge)] = &[
    (Class::PathTraversal, path_traversal::judge),
    (Class::FileInclusion, file_inclusion::judge),
    (Class::Ssrf, ssrf::judge),
    (Class::SessionFixation, session_fixation::judge),
    (Class::Scanner, scanner::judge),
    (Class::SensitiveFile, sensitive_file::judge),
    (Class::Webshell, webshell::judge),
];

#[cfg(test)]
mod tests;
