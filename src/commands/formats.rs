//! `gatehound formats`: which there are, and which one a file has.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gatehound::cli::{FormatsArgs, FormatsCommand};
use gatehound::error::Error;
use gatehound::explain::formats_page;
use gatehound::format::{Clock, Directive, Opening, Tried, recognise, try_all};
use gatehound::plan::configuration;
use gatehound::source::Source;
use gatehound::text::Escaped;

use super::{Done, found, print};

/// How much of a file is looked at.
const HEAD: usize = 256 << 10;
/// How much of a line is shown.
const SHOWN: usize = 160;

/// Lists formats, or says which one each file has.
pub(crate) fn run(args: &FormatsArgs) -> Result<Done, Error> {
    let files = match &args.command {
        None | Some(FormatsCommand::List) => return print(&formats_page()),
        Some(FormatsCommand::Detect { files }) => files,
        Some(FormatsCommand::From { files }) => return from(files),
    };
    let (sources, mut mistakes) = found(files);
    let mut page = String::new();
    for source in &sources {
        match detect(source, &mut page) {
            Ok(true) => {}
            Ok(false) => mistakes.push(Error::usage(format!("{}: no known format", source.path.display()))),
            Err(error) => mistakes.push(error),
        }
    }
    let done = print(&page)?;
    Error::all(mistakes).map_or(Ok(done), Err)
}

/// Prints the format strings of configuration files.
fn from(files: &[PathBuf]) -> Result<Done, Error> {
    let (mut page, mut mistakes) = (String::new(), Vec::new());
    for path in files {
        match configuration(path) {
            Ok(found) => {
                if found.strings.is_empty() {
                    mistakes.push(Error::usage(format!("{}: no format string in it", path.display())));
                }
                found.strings.iter().for_each(|(path, one)| directive(path, one, &mut page));
                for (path, name) in &found.missing {
                    let _ = writeln!(
                        page,
                        "{}: includes {}, which cannot be read",
                        path.display(),
                        Escaped(name.as_bytes())
                    );
                }
            }
            Err(error) => mistakes.push(error),
        }
    }
    let done = print(&page)?;
    Error::all(mistakes).map_or(Ok(done), Err)
}

/// What one format string fills, and how a log is read with it.
fn directive(path: &Path, one: &Directive, page: &mut String) {
    let shown = |text: &str| Escaped(text.as_bytes()).to_string();
    let name = if one.name.is_empty() { one.dialect } else { &one.name };
    let _ = writeln!(page, "{}:{}: {} {}", path.display(), one.line, one.dialect, shown(name));
    one.text.lines().for_each(|line| {
        let _ = writeln!(page, "  {}", shown(line));
    });
    let _ = match &one.fields {
        Ok(fields) => {
            writeln!(
                page,
                "  fills {}\n  --log-format @{}:{}",
                fields.join(", "),
                path.display(),
                shown(name)
            )
        }
        Err(why) => writeln!(page, "  cannot be read: {}", shown(why)),
    };
}

/// Says which format a file has and why; whether it has one.
fn detect(source: &Source, page: &mut String) -> Result<bool, Error> {
    let head = source.head(HEAD)?;
    let path: &Path = &source.path;
    if head.is_empty() {
        let _ = writeln!(page, "{}: empty", path.display());
        return Ok(true);
    }
    let clock = Clock { written: source.written, ..Clock::default() };
    let opening = Opening { head: &head, clock: &clock };
    let choice = recognise(&opening);
    let chosen = choice.as_ref().map(|choice| choice.format);
    let inside: String = choice
        .iter()
        .flat_map(|choice| choice.wrappers.iter().rev())
        .fold(String::new(), |inside, wrapper| inside + " in " + wrapper);
    let _ = writeln!(page, "{}: {}{inside}", path.display(), chosen.unwrap_or("no known format"));
    let (lines, mut tried) = try_all(&opening);
    tried.sort_by_key(|one| (Some(one.format) != chosen, std::cmp::Reverse((one.score(), one.specificity))));
    for one in &tried {
        let _ = writeln!(page, "  {}", row(*one, &lines));
    }
    page.push_str(
        "  chosen is what reads most of the first lines, at least 60 of 100, and then finds most fields\n",
    );
    Ok(chosen.is_some())
}

/// How one format did.
fn row(tried: Tried, lines: &[Vec<u8>]) -> String {
    let Tried { format, lines: of, parsed, specificity, first_malformed, .. } = tried;
    let mut row = format!("{format:<18} {parsed:>4} of {of:>4} lines, {specificity:>6} fields");
    if let Some((nth, reason)) = first_malformed.filter(|_| parsed > 0) {
        let line = lines.get(nth).map_or(&[][..], Vec::as_slice);
        let shown = Escaped(&line[..line.len().min(SHOWN)]);
        let _ = write!(row, "; first failure ({}): {shown}", reason.reason());
    } else if let Some((_, reason)) = first_malformed {
        let _ = write!(row, "; {}", reason.reason());
    }
    row
}
