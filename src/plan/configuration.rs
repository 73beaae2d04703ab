//! The configuration of a gateway, with the files that it includes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::format::{Directive, directives};
use crate::source::named_files;

/// Files include others no deeper than this.
const DEEPEST: usize = 8;
/// The most files that are read.
const FILES: usize = 1000;
/// The most bytes of one file that are read.
const BYTES: usize = 4 << 20;

/// The format strings of a configuration, and what else it says of itself.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Each format string with the file in which it stands, in the order in which the files are included.
    pub strings: Vec<(PathBuf, Directive)>,
    /// Files that are included and not there: which file includes what.
    pub missing: Vec<(PathBuf, String)>,
}

/// Reads the configuration that begins with the file at `path`.
pub fn configuration(path: &Path) -> Result<Configuration, Error> {
    let root = path.parent().unwrap_or(Path::new(""));
    let mut reading = Reading { root, seen: BTreeSet::new(), found: Configuration::default() };
    reading.read(path, DEEPEST).map_err(|cause| Error::io(path, cause))?;
    Ok(reading.found)
}

/// A configuration that is being read.
struct Reading<'p> {
    /// Where the first file lies: nginx and Apache mean paths from there.
    root: &'p Path,
    seen: BTreeSet<PathBuf>,
    found: Configuration,
}

impl Reading<'_> {
    /// Reads one file, once, and what it includes.
    fn read(&mut self, path: &Path, depth: usize) -> std::io::Result<()> {
        if self.seen.len() >= FILES || !self.seen.insert(path.canonicalize()?) {
            return Ok(());
        }
        let mut config = std::fs::read(path)?;
        config.truncate(BYTES);
        let config = String::from_utf8_lossy(&config);
        self.found.strings.extend(directives(&config).into_iter().map(|one| (path.to_owned(), one)));
        for name in includes(&config) {
            let files = self.named(&name);
            if files.is_empty() && !name.contains(['*', '?', '[']) {
                self.found.missing.push((path.to_owned(), name));
            }
            for file in files.iter().filter(|_| depth > 0) {
                if self.read(file, depth - 1).is_err() {
                    self.found.missing.push((path.to_owned(), file.display().to_string()));
                }
            }
        }
        Ok(())
    }

    /// The files that an include names: from where the first file lies, or, as Apache has it where that is `conf`, from the
    /// folder above.
    fn named(&self, name: &str) -> Vec<PathBuf> {
        let here = named_files(&self.root.join(name));
        match self.root.parent() {
            Some(above) if here.is_empty() => named_files(&above.join(name)),
            _ => here,
        }
    }
}

/// What the statements `include name;` of nginx and `Include name` of Apache name.
fn includes(config: &str) -> Vec<String> {
    let without_comment = |line: &'_ str| line.split(" #").next().unwrap_or("").trim_start().to_owned();
    let lines = config.lines().map(without_comment).filter(|line| !line.starts_with('#'));
    let statements =
        lines.flat_map(|line| line.split([';', '{', '}']).map(str::to_owned).collect::<Vec<_>>());
    statements
        .filter_map(|statement| {
            let (word, name) = statement.trim().split_once(char::is_whitespace)?;
            let is_include =
                ["include", "IncludeOptional"].iter().any(|known| word.eq_ignore_ascii_case(known));
            is_include.then(|| name.trim().trim_matches(['"', '\'']).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn includes_are_followed_from_where_the_first_file_lies_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("conf.d/more")).unwrap();
        let log_format =
            |name: &str| format!("log_format {name} '$remote_addr [$time_local] \"$request\" $status';\n");
        let main = "http {\n include conf.d/*.conf; # include no.conf;\n # include no.conf;\n include \"gone.conf\";\n}\n";
        fs::write(at("nginx.conf"), log_format("first") + main).unwrap();
        fs::write(at("conf.d/a.conf"), log_format("second") + "include conf.d/more/b.conf;").unwrap();
        fs::write(at("conf.d/z.conf"), "include nginx.conf; include conf.d/more/*;").unwrap();
        fs::write(at("conf.d/more/b.conf"), log_format("third")).unwrap();
        let found = configuration(&at("nginx.conf")).unwrap();
        let names: Vec<&str> = found.strings.iter().map(|(_, one)| one.name.as_str()).collect();
        assert_eq!(names, ["first", "second", "third"]);
        assert_eq!(found.strings[2].0, at("conf.d/more/b.conf"));
        assert_eq!(found.missing, [(at("nginx.conf"), "gone.conf".to_owned())]);
    }

    #[test]
    fn files_that_include_ever_deeper_ones_end_somewhere() {
        let folder = tempfile::tempdir().unwrap();
        for nth in 0..20 {
            let text = format!(
                "log_format f{nth} '$remote_addr [$time_local] \"$request\"';\ninclude {}.conf;",
                nth + 1
            );
            fs::write(folder.path().join(format!("{nth}.conf")), text).unwrap();
        }
        assert_eq!(configuration(&folder.path().join("0.conf")).unwrap().strings.len(), DEEPEST + 1);
    }

    #[test]
    fn a_configuration_of_apache_includes_from_the_folder_above() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["conf", "conf.d"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let main = folder.path().join("conf/httpd.conf");
        fs::write(&main, "IncludeOptional conf.d/*.conf\n").unwrap();
        fs::write(folder.path().join("conf.d/log.conf"), "LogFormat \"%h %t \\\"%r\\\" %>s\" short\n")
            .unwrap();
        let found = configuration(&main).unwrap();
        assert_eq!(found.strings[0].1.name, "short");
    }
}
