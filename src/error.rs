//! The one error of the crate: what went wrong, where, and what to do about it.
//!
//! A bad *line* is never an [`Error`]: it is counted as [`Malformed`](crate::event::Malformed).

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be done, with its place. `main` alone prints it and chooses the exit code.
#[derive(Debug)]
pub enum Error {
    /// The file system or a pipe refused; the path and the system's word.
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// The system's word.
        cause: io::Error,
    },
    /// What the user wrote (option, config, rule, format string) means nothing; the whole message, with its place.
    Usage(String),
    /// Several independent mistakes of the user's, all of them.
    Several(Vec<Error>),
}

impl Error {
    /// An [`Error::Io`] at `path`.
    pub fn io(path: impl AsRef<Path>, cause: io::Error) -> Self {
        Self::Io { path: path.as_ref().to_owned(), cause }
    }

    /// An [`Error::Usage`] that says `message`.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// An unknown word where one of `known` was wanted: names the nearest, else all of them.
    #[must_use]
    pub fn unknown(what: &str, word: &str, known: &[&str]) -> Self {
        match nearest(word, known) {
            Some(near) => Self::Usage(format!("unknown {what} `{word}`; did you mean `{near}`?")),
            None => Self::Usage(format!("unknown {what} `{word}`; known: {}", known.join(", "))),
        }
    }

    /// All of `mistakes` as one error; `None` where there are none.
    #[must_use]
    pub fn all(mut mistakes: Vec<Self>) -> Option<Self> {
        match mistakes.len() {
            0 => None,
            1 => mistakes.pop(),
            _ => Some(Self::Several(mistakes)),
        }
    }

    /// Whether a reader closed the pipe that we wrote to: the quiet end of many a pipeline.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, cause } => write!(f, "{}: {cause}", path.display()),
            Self::Usage(message) => f.write_str(message),
            Self::Several(all) => {
                for (nth, one) in all.iter().enumerate() {
                    let gap = if nth == 0 { "" } else { "\nerror: " };
                    write!(f, "{gap}{one}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Error {}

/// The known word that `word` was most likely meant to be, if one is close enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|&candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_names_the_nearest() {
        let known = ["combined", "common", "alb"];
        assert_eq!(
            Error::unknown("format", "combned", &known).to_string(),
            "unknown format `combned`; did you mean `combined`?"
        );
        assert_eq!(
            Error::unknown("format", "xyzzy", &known).to_string(),
            "unknown format `xyzzy`; known: combined, common, alb"
        );
    }
}
