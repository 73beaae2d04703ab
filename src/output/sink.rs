//! Where a report goes: the grammar `-o [FORMAT:]TARGET`, and files that are never seen half written.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::append::Append;
#[cfg(feature = "deliver")]
use crate::deliver::Address;
use crate::error::{Error, nearest};
use crate::incident::Incident;
use crate::output::{OUTPUTS, Output, Style, find};
use crate::run::Run;

/// Which report to write, and where.
#[derive(Clone)]
pub struct Target {
    /// In what form.
    pub output: &'static dyn Output,
    /// Where.
    pub destination: Destination,
}

/// Where a report is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The standard output.
    Stdout,
    /// A file.
    File(PathBuf),
    /// A receiver.
    #[cfg(feature = "deliver")]
    Remote(Address),
}

/// Reads `[FORMAT:]TARGET`, where `-` is the standard output. Without a FORMAT the extension decides, then `default_format`.
///
/// A word before the colon that is no format is part of the path, unless it is so near to one that it must be a slip:
/// then it is an error, and `./` in front makes it a path.
pub fn parse(text: &str, default_format: &'static dyn Output) -> Result<Target, Error> {
    let (named, target) = match text.split_once(':') {
        Some((word, rest)) if find(word).is_some() => (find(word), rest),
        _ => (None, text),
    };
    if let Some(scheme) = url_scheme(target) {
        return remote(target, scheme, named);
    }
    if named.is_none() {
        refuse_slip(target)?;
    }
    match target {
        "" => Err(Error::usage(format!("`{text}` names no file; write `-` for standard output"))),
        "-" => Ok(Target { output: named.unwrap_or(default_format), destination: Destination::Stdout }),
        path => {
            let output = named.or_else(|| by_extension(path)).unwrap_or(default_format);
            Ok(Target { output, destination: Destination::File(path.into()) })
        }
    }
}

/// As [`parse`], for every `-o`; all mistakes are told, and no two reports may go to one place.
pub fn parse_all(texts: &[String], default_format: &'static dyn Output) -> Result<Vec<Target>, Error> {
    let mut targets: Vec<Target> = Vec::new();
    let mut mistakes = Vec::new();
    for text in texts {
        match parse(text, default_format) {
            Ok(target) if targets.iter().any(|other| other.destination == target.destination) => {
                mistakes.push(Error::usage(format!("`{text}`: another report goes to the same place")));
            }
            Ok(target) => targets.push(target),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    match mistakes.len() {
        0 => Ok(targets),
        1 => Err(mistakes.remove(0)),
        _ => Err(Error::Several(mistakes)),
    }
}

/// A receiver; errors do not repeat its address, which may hold a secret.
#[cfg(feature = "deliver")]
fn remote(target: &str, scheme: &str, named: Option<&'static dyn Output>) -> Result<Target, Error> {
    if let Some((word, inner)) = scheme.split_once(':') {
        let known: Vec<_> = OUTPUTS.iter().map(|output| output.name()).collect();
        return Err(Error::unknown(&format!("format in front of {inner}://"), word, &known));
    }
    let address = Address::parse(target)?;
    let Some(output) = named else {
        let example = if address.is_syslog() { "syslog" } else { "splunk-hec" };
        return Err(Error::usage(format!("{address}: name the format: `-o {example}:{scheme}://…`")));
    };
    if address.is_syslog() && output.is_document() {
        let name = output.name();
        return Err(Error::usage(format!(
            "{address}: `{name}` is one document; syslog takes forms of one record an incident (cef, leef, ndjson, syslog, …)"
        )));
    }
    Ok(Target { output, destination: Destination::Remote(address) })
}

/// No receiver: this program has no code that opens a socket.
#[cfg(not(feature = "deliver"))]
fn remote(_: &str, scheme: &str, _: Option<&'static dyn Output>) -> Result<Target, Error> {
    let (_, scheme) = scheme.split_once(':').unwrap_or(("", scheme));
    Err(Error::usage(format!(
        "this gatehound was built without `deliver`, so nothing is sent to {scheme}:// addresses; name a file, or `-`"
    )))
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.output.name(), self.destination)
    }
}

impl Target {
    /// Opens the target. A file of records is appended to; a document is written beside its place and moved there by
    /// [`Sink::finish`], so that a reader sees the old report or the new one.
    pub fn open(&self) -> Result<Sink, Error> {
        let path = match &self.destination {
            Destination::Stdout => return Ok(Sink::to_stdout(self.output)),
            Destination::File(path) => path,
            #[cfg(feature = "deliver")]
            Destination::Remote(address) => {
                return Err(Error::usage(format!("{address}: what is sent is kept on disk first")));
            }
        };
        Sink::to_file(path, self.output).map_err(|cause| Error::io(path, cause))
    }

    /// Writes a whole report to the target.
    pub fn write<'i>(
        &self,
        style: Style,
        run: &Run,
        incidents: impl IntoIterator<Item = &'i Incident>,
    ) -> Result<(), Error> {
        let mut sink = self.open()?;
        let report = |sink: &mut Sink| {
            let mut writer = self.output.open(Box::new(sink), style);
            writer.begin(run)?;
            incidents.into_iter().try_for_each(|incident| writer.incident(incident))?;
            writer.end()
        };
        report(&mut sink).map_err(|cause| Error::io(sink.path(), cause))?;
        sink.finish()
    }
}

/// An open [`Target`]. Dropped without [`finish`](Sink::finish), a document leaves no trace.
pub struct Sink {
    path: PathBuf,
    inner: Inner,
}

enum Inner {
    /// Records: each goes out with the one call that writes it.
    Records(Box<dyn Write + Send>),
    /// A stream, a pipe or a device: cannot be replaced.
    Stream(BufWriter<Box<dyn Write + Send>>),
    /// A document beside its place.
    Beside(BufWriter<NamedTempFile>),
}

impl Sink {
    fn to_stdout(output: &dyn Output) -> Self {
        let path = PathBuf::from("standard output");
        Self { path, inner: Inner::unbuffered_or_not(Box::new(io::stdout()), output) }
    }

    fn to_file(path: &Path, output: &dyn Output) -> io::Result<Self> {
        // A symbolic link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = fs::metadata(&place).ok();
        let is_replaceable = known.as_ref().is_none_or(fs::Metadata::is_file);
        let inner = if output.is_document() && is_replaceable {
            Inner::Beside(BufWriter::new(beside(&place, known.as_ref())?))
        } else if is_replaceable {
            Inner::Records(Box::new(Append::open(&place)?))
        } else {
            let file = File::options().append(true).open(&place)?;
            Inner::unbuffered_or_not(Box::new(file), output)
        };
        Ok(Self { path: place, inner })
    }

    /// What errors call this sink.
    fn path(&self) -> &Path {
        &self.path
    }

    /// Sends what is still held, and moves a document to its place.
    pub fn finish(self) -> Result<(), Error> {
        let Self { path, inner } = self;
        let finished = match inner {
            Inner::Records(mut records) => records.flush(),
            Inner::Stream(mut stream) => stream.flush(),
            Inner::Beside(document) => persist(document, &path),
        };
        finished.map_err(|cause| Error::io(&path, cause))
    }
}

impl Inner {
    fn unbuffered_or_not(sink: Box<dyn Write + Send>, output: &dyn Output) -> Self {
        if output.is_document() { Self::Stream(BufWriter::new(sink)) } else { Self::Records(sink) }
    }

    fn as_write(&mut self) -> &mut dyn Write {
        match self {
            Self::Records(records) => records,
            Self::Stream(stream) => stream,
            Self::Beside(document) => document,
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.as_write().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.as_write().flush()
    }
}

/// A new file in the folder of `place`, with the permissions of the file that it will replace, or ordinary ones.
fn beside(place: &Path, known: Option<&fs::Metadata>) -> io::Result<NamedTempFile> {
    let folder = match place.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gatehound-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666)); // less the umask
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(known) = known {
        file.as_file().set_permissions(known.permissions())?;
    }
    Ok(file)
}

/// Brings a document to the disk, then to its place.
fn persist(document: BufWriter<NamedTempFile>, place: &Path) -> io::Result<()> {
    let file = document.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(place)?;
    Ok(())
}

/// The output that the extension of `path` stands for.
fn by_extension(path: &str) -> Option<&'static dyn Output> {
    let extension = Path::new(path).extension()?.to_str()?.to_ascii_lowercase();
    OUTPUTS.iter().copied().find(|output| output.extensions().contains(&&*extension))
}

/// The scheme, if `target` is a URL; `WORD:scheme` where a word stands in front that is no format.
fn url_scheme(target: &str) -> Option<&str> {
    let (scheme, _) = target.split_once("://")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-:_".contains(c));
    is_scheme.then_some(scheme)
}

/// An error if `target` begins with what must be a misspelt format.
fn refuse_slip(target: &str) -> Result<(), Error> {
    let Some((word, _)) = target.split_once(':') else { return Ok(()) };
    let known: Vec<_> = OUTPUTS.iter().map(|output| output.name()).collect();
    match nearest(word, &known) {
        Some(near) => Err(Error::usage(format!(
            "unknown format `{word}` in `{target}`; did you mean `{near}`? (`./{target}` names a file)"
        ))),
        None => Ok(()),
    }
}
