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

/// Every class with its judge, in the order in which signals are written; and the length of the shortest text or name of a
/// parameter in which it sees anything, as far as that is told easily.
static JUDGES: &[(Class, Judge, usize)] = &[
    (Class::Sqli, sqli::judge, 2),
    (Class::Xss, xss::judge, 5),
    (Class::PathTraversal, path_traversal::judge, 2),
    (Class::FileInclusion, file_inclusion::judge, 2),
    (Class::CommandInjection, command_injection::judge, 2),
    (Class::CodeInjection, code_injection::judge, 3),
    (Class::Jndi, jndi::judge, 5),
    (Class::Ssrf, ssrf::judge, 2),
    (Class::SessionFixation, session_fixation::judge, 0),
    (Class::Nosql, nosql::judge, 4),
    (Class::Ldap, ldap::judge, 4),
    (Class::Mail, mail::judge, 5),
    (Class::Ssi, ssi::judge, 7),
    (Class::Xxe, xxe::judge, 8),
    (Class::Protocol, protocol::judge, 1),
    (Class::Scanner, scanner::judge, 4),
    (Class::SensitiveFile, sensitive_file::judge, 0),
    (Class::Webshell, webshell::judge, 0),
];

/// The judges of values that are written with nothing that code is written with: they look at names, paths and hosts.
static PLAIN: &[(Class, Judge, usize)] = &[
    (Class::PathTraversal, path_traversal::judge, 2),
    (Class::FileInclusion, file_inclusion::judge, 2),
    (Class::Ssrf, ssrf::judge, 2),
    (Class::SessionFixation, session_fixation::judge, 0),
    (Class::Scanner, scanner::judge, 4),
    (Class::SensitiveFile, sensitive_file::judge, 0),
    (Class::Webshell, webshell::judge, 0),
];

#[cfg(test)]
mod tests;
