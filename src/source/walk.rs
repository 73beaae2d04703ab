//! Folders and globs: which files they mean.

use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::find::Problem;
use super::is_stdin;

/// A file that a name led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Whether a folder or a glob led to it, and not its own name.
    pub(super) walked: bool,
}

/// What `name` means: itself, the files below it, or the files that match it.
pub(super) fn expand(name: &Path, problems: &mut Vec<Problem>) -> Vec<Found> {
    if is_stdin(name) {
        return vec![Found { path: name.to_owned(), walked: false }];
    }
    let (found, none) = match fs::metadata(name) {
        Ok(metadata) if metadata.is_dir() => (below(name, problems), "no file in this folder"),
        Ok(_) => return vec![Found { path: name.to_owned(), walked: false }],
        Err(cause) => match Glob::new(name) {
            None => {
                problems.push(Problem::fatal(name, cause.to_string()));
                return Vec::new();
            }
            Some(Err(e)) => {
                problems.push(Problem::fatal(name, e.to_string()));
                return Vec::new();
            }
            Some(Ok(glob)) => (glob.files(problems), "no file matches"),
        },
    };
    if found.is_empty() {
        problems.push(Problem::fatal(name, none));
    }
    found
}

/// All regular files below `folder`, hidden ones too. Links are followed, since container logs are links; what would
/// block or never end (pipes, sockets, devices) is passed over.
fn below(folder: &Path, problems: &mut Vec<Problem>) -> Vec<Found> {
    walk(WalkDir::new(folder), problems)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| Found { path: entry.into_path(), walked: true })
        .collect()
}

fn walk(walk: WalkDir, problems: &mut Vec<Problem>) -> impl Iterator<Item = walkdir::DirEntry> {
    walk.follow_links(true).into_iter().filter_map(|entry| match entry {
        Ok(entry) => Some(entry),
        Err(e) => {
            problems.push(stumble(&e));
            None
        }
    })
}

/// Why a walk could not go on at one place. A link into the void or back up hides nothing that could be read.
fn stumble(error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(Path::new("."));
    match (error.loop_ancestor(), error.io_error()) {
        (Some(_), _) => Problem::remark(path, "a link to a folder above it; not followed"),
        (None, Some(e)) if e.kind() == std::io::ErrorKind::NotFound => Problem::remark(path, e.to_string()),
        (None, Some(e)) => Problem::fatal(path, e.to_string()),
        (None, None) => Problem::fatal(path, error.to_string()),
    }
}

/// A pattern, split where its first wildcard stands.
struct Glob {
    base: PathBuf,
    pattern: GlobMatcher,
    depth: usize,
}

impl Glob {
    /// The glob that `name` is, if it has a wildcard at all.
    fn new(name: &Path) -> Option<Result<Self, globset::Error>> {
        let is_wild = |part: &Component<'_>| {
            part.as_os_str().to_str().is_some_and(|text| text.contains(['*', '?', '[', '{']))
        };
        let parts: Vec<Component<'_>> = name.components().collect();
        let wild = parts.iter().position(is_wild)?;
        let base = parts[..wild].iter().collect();
        let rest: PathBuf = parts[wild..].iter().collect();
        let rest = rest.to_str()?;
        let depth = if rest.contains("**") { usize::MAX } else { parts.len() - wild };
        let pattern = GlobBuilder::new(rest).literal_separator(true).build();
        Some(pattern.map(|pattern| Self { base, pattern: pattern.compile_matcher(), depth }))
    }

    /// The files that match, and the files below folders that match.
    fn files(&self, problems: &mut Vec<Problem>) -> Vec<Found> {
        let here = self.base.as_os_str().is_empty();
        let root = if here { Path::new(".") } else { &self.base };
        if !root.is_dir() {
            return Vec::new();
        }
        let matches = |entry: &walkdir::DirEntry| {
            entry.path().strip_prefix(root).is_ok_and(|relative| self.pattern.is_match(relative))
        };
        let tree = WalkDir::new(root).min_depth(1).max_depth(self.depth);
        let (folders, files): (Vec<_>, Vec<_>) =
            walk(tree, problems).filter(matches).partition(|entry| entry.file_type().is_dir());
        let name = |path: &Path| path.strip_prefix(if here { "." } else { "" }).unwrap_or(path).to_owned();
        let mut found: Vec<Found> = files
            .iter()
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| Found { path: name(entry.path()), walked: true })
            .collect();
        for folder in folders {
            found.extend(below(&name(folder.path()), problems));
        }
        // A pattern with `**` matches a folder and what is in it.
        found.sort_unstable();
        found.dedup();
        found
    }
}
