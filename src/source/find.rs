//! From names to sources: each file once, looked at but not yet read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::disk::{Disk, Identity};
use super::framing::{self, Framing};
use super::packed::Packed;
use super::pipe::Pipe;
use super::walk::{Found, expand};
use super::{Encoding, Limits, Origin, Source, SourceId, directives, is_stdin};
use crate::request::Place;
use crate::time::Time;

/// How many files stay open from the first look to the end, so that a rotation in between does no harm.
const HELD: usize = 256;
/// How files begin that this program wrote; in folders and globs they are passed over.
const OURS: [&[u8]; 2] = [b"gatehound", b"{\"schema\":\"gatehound."];
/// How much of a file is looked at.
const LOOK: usize = framing::LOOK;

/// Something that the user named and that is no source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What was named.
    pub path: PathBuf,
    /// Why it is not read, without the path.
    pub message: String,
    /// Whether something is missing that the user asked for; else it is only a remark.
    pub fatal: bool,
}

impl Problem {
    /// Something is missing.
    pub(super) fn fatal(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), fatal: true }
    }

    /// A remark.
    pub(super) fn remark(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), fatal: false }
    }
}

/// Expands files, folders with everything below, globs (where no file has that very name) and `-`.
///
/// The sources are ordered by path, whatever order they were named in. A file that has several names is read under the
/// first of them. Where standard input or another pipe is named, its first bytes are waited for.
pub fn find<P: AsRef<Path>>(paths: &[P], limits: &Limits) -> (Vec<Source>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut found: Vec<Found> = Vec::new();
    for path in paths {
        found.extend(expand(path.as_ref(), &mut problems));
    }
    // What was named itself comes before what a folder or a glob gave: it is read even if it is one of ours.
    found.sort_unstable();

    let mut names: BTreeMap<Identity, PathBuf> = BTreeMap::new();
    let mut sources: Vec<Source> = Vec::new();
    for Found { path, walked } in found {
        if sources.len() == Place::MAX_SOURCES as usize {
            let message =
                format!("the first of the files that are too many: more than {}", Place::MAX_SOURCES);
            problems.push(Problem::fatal(&path, message));
            break;
        }
        match look(&path, walked, sources.len() < HELD, limits) {
            Err(e) => problems.push(Problem::fatal(&path, e.to_string())),
            Ok(Look::Ours) => problems.push(Problem::remark(&path, "written by gatehound; not read")),
            Ok(Look::Tables(what)) if walked => problems.push(Problem::remark(&path, what)),
            Ok(Look::Tables(what)) => problems.push(Problem::fatal(&path, what)),
            Ok(Look::Source { identity, encoding, bytes, written, has_directives, is_framed, origin }) => {
                if let Some(first) = names.get(&identity) {
                    problems.push(same(&path, first));
                    continue;
                }
                names.insert(identity, path.clone());
                let id = SourceId(u32::try_from(sources.len()).expect("fewer than 2^20"));
                sources.push(Source {
                    id,
                    path,
                    encoding,
                    bytes,
                    written,
                    has_directives,
                    is_framed,
                    origin,
                });
            }
        }
    }
    problems.sort();
    problems.dedup();
    (sources, problems)
}

fn same(path: &Path, first: &Path) -> Problem {
    if path == first {
        Problem::remark(path, "named more than once; read once")
    } else {
        Problem::remark(path, format!("the same file as {}; read once", first.display()))
    }
}

/// What a first look at a path shows.
enum Look {
    Ours,
    /// No lines in it; what it is, and what to do.
    Tables(&'static str),
    Source {
        identity: Identity,
        encoding: Encoding,
        bytes: Option<u64>,
        written: Option<Time>,
        has_directives: bool,
        is_framed: bool,
        origin: Origin,
    },
}

fn look(path: &Path, walked: bool, hold: bool, limits: &Limits) -> io::Result<Look> {
    let disk = if is_stdin(path) { Disk::from(stdin()?) } else { Disk::open(path)? };
    let identity = disk.identity(path)?;
    let metadata = disk.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if !metadata.is_file() || is_stdin(path) && !disk.is_at_start() {
        let mut packed = Packed::new(Box::new(disk.into_file()));
        if let Some(what) = tables(packed.peek(TABLES_MAGIC)?) {
            return Ok(Look::Tables(what));
        }
        let encoding = Encoding::of(packed.peek(Encoding::MAGIC)?);
        let origin = Origin::Pipe(Arc::new(Mutex::new(Pipe::new(packed, encoding, limits))));
        return Ok(Look::Source {
            identity,
            encoding,
            bytes: None,
            written: None,
            has_directives: true,
            is_framed: false,
            origin,
        });
    }
    let mut head = [0; LOOK];
    let read = disk.read_at(&mut head, 0)?;
    let head = &head[..read];
    if walked && OURS.iter().any(|ours| head.starts_with(ours)) {
        return Ok(Look::Ours);
    }
    if let Some(what) = tables(head) {
        return Ok(Look::Tables(what));
    }
    let stays_open = hold || is_stdin(path);
    let origin = if stays_open { Origin::Held(Arc::new(disk)) } else { Origin::Named(disk.identity(path)?) };
    let written = metadata.modified().ok().and_then(|at| jiff::Timestamp::try_from(at).ok());
    let written = written.map(|at| Time(at.as_microsecond()));
    let (encoding, bytes) = (Encoding::of(head), Some(metadata.len()));
    let is_framed = encoding == Encoding::Plain && Framing::of(head).is_some();
    // What an archive holds is not known yet.
    let has_directives = encoding != Encoding::Plain || is_framed || directives::may_be_in(head);
    Ok(Look::Source { identity, encoding, bytes, written, has_directives, is_framed, origin })
}

/// Files that hold access logs as tables: what they begin with (Parquet file format, "File Format"; `[MS-EVEN6]` §2.2), what they
/// are, and how lines are made of them.
const TABLES: [(&[u8], &str); 2] = [
    (
        b"PAR1",
        "a Parquet file, which holds columns and no lines; export it as NDJSON, as by \
         `duckdb -c \"copy 'FILE' to 'FILE.ndjson' (format json)\"`, and scan that",
    ),
    (
        b"ElfFile\0",
        "a Windows event log in its binary form; export it as XML, as by `wevtutil qe FILE /lf /f:xml`, and scan that",
    ),
];
/// How many bytes tell them.
const TABLES_MAGIC: usize = 8;

/// What a file is that begins with `head`, if there are no lines in it.
fn tables(head: &[u8]) -> Option<&'static str> {
    TABLES.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

/// The standard input without a buffer in front of it.
#[cfg(unix)]
fn stdin() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// The standard input without a buffer in front of it.
#[cfg(windows)]
fn stdin() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}
