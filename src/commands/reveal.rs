//! `gatehound reveal`: a redacted report with its originals.

use std::io::Read;
use std::path::Path;

use gatehound::cli::RevealArgs;
use gatehound::error::Error;
use gatehound::plan::{Surroundings, keys};
use gatehound::redact::Manifest;

use super::{Done, print};

/// Prints the report as it was before it was redacted.
pub(crate) fn run(args: &RevealArgs, around: &Surroundings) -> Result<Done, Error> {
    let keys = keys(around)?.ok_or_else(|| {
        Error::usage("set GATEHOUND_HASH_KEY_FILE to the file with the key that the scan used")
    })?;
    let named = |error: Error| Error::usage(format!("{}: {error}", args.manifest.display()));
    let manifest = Manifest::read(&read(&args.manifest)?).map_err(named)?;
    let originals = manifest.open(&keys).map_err(named)?;
    let report = read(&args.report)?;
    print(&originals.reveal(&String::from_utf8_lossy(&report)))
}

/// All of a file, or of standard input.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = match path.as_os_str() {
        name if name == "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(drop),
        _ => std::fs::read(path).map(|all| bytes = all),
    };
    read.map(|()| bytes).map_err(|cause| Error::io(path, cause))
}
