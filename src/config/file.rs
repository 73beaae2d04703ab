//! A settings file: TOML, in which every unknown key and every wrong kind of value is told with its line.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::destination::DestinationRule;
use super::hold::{Hold, HoldRule};
use super::{EndpointRule, KEYS, Key, Layer, Origin, Said, Shape, ThresholdRule};
use crate::error::Error;
use crate::route::EndpointClass;

/// The keys of an `[[endpoint]]`.
const ENDPOINT_KEYS: [&str; 3] = ["method", "path", "class"];

/// One file while it is read.
pub(super) struct File<'a> {
    path: &'a Path,
    text: &'a str,
    mistakes: &'a mut Vec<Error>,
}

/// What `text`, the file at `path`, says; what is wrong with it joins `mistakes`.
pub(super) fn read(path: &Path, text: &str, mistakes: &mut Vec<Error>) -> Layer {
    let mut file = File { path, text, mistakes };
    let (table, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        for error in broken {
            let at = error.span().map_or(0, |span| span.start);
            file.wrong(at, error.message());
        }
        return Layer::default();
    }
    let mut layer = Layer::default();
    for (name, value) in table.get_ref() {
        if name.get_ref() == "endpoint" {
            let all = file.tables("endpoint", value);
            layer.endpoints.extend(all.into_iter().filter_map(|(at, table)| file.endpoint(at, table)));
        } else if name.get_ref() == "destination" {
            let all = file.tables("destination", value);
            let rules = all.into_iter().filter_map(|(at, table)| DestinationRule::read(&mut file, at, table));
            layer.destinations.extend(rules);
        } else if name.get_ref() == "threshold" {
            file.thresholds(value, &mut layer.thresholds);
        } else if let Some(hold) = Hold::ALL.into_iter().find(|hold| hold.name() == name.get_ref()) {
            let all = file.tables(hold.name(), value);
            let rules = all.into_iter().map(|(at, table)| HoldRule::read(&mut file, hold, at, table));
            layer.holds.extend(rules);
        } else {
            file.setting(name, value, &mut layer);
        }
    }
    layer
}

impl File<'_> {
    /// Where the byte `at` stands.
    pub(super) fn place(&self, at: usize) -> Origin {
        let line = 1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at.min(self.text.len())]).count();
        Origin::File(self.path.to_owned(), line)
    }

    /// Remembers a mistake at the byte `at`.
    pub(super) fn wrong(&mut self, at: usize, message: &str) {
        let place = self.place(at);
        self.mistakes.push(Error::usage(format!("{place}: {message}")));
    }

    fn setting(&mut self, name: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>, layer: &mut Layer) {
        let known = || KEYS.iter().filter(|key| key.lasting);
        let word: &str = name.get_ref();
        let Some(key) = known().find(|key| key.name == word) else {
            let mut names: Vec<&str> = known().map(|key| key.name).collect();
            names.extend(["endpoint", "destination", "allow", "suppress", "threshold"]);
            self.wrong(name.span().start, &Error::unknown("setting", word, &names).to_string());
            return;
        };
        match words(key, value.get_ref()) {
            Ok(words) => {
                let origin = self.place(name.span().start);
                layer.said.insert(key.name, Said { words, origin });
            }
            Err(wanted) => self.wrong(value.span().start, &format!("{} takes {wanted}", key.name)),
        }
    }

    /// The tables of the list `name`, each with the byte that it begins at.
    fn tables<'t, 'i>(
        &mut self,
        name: &str,
        value: &'t Spanned<DeValue<'i>>,
    ) -> Vec<(usize, &'t DeTable<'i>)> {
        let wrong = format!("{name} is a list of tables: write [[{name}]]");
        let DeValue::Array(all) = value.get_ref() else {
            self.wrong(value.span().start, &wrong);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for one in all {
            match one.get_ref() {
                DeValue::Table(table) => tables.push((one.span().start, table)),
                _ => self.wrong(one.span().start, &wrong),
            }
        }
        tables
    }

    /// The thresholds of each `[threshold.DETECTOR]`.
    fn thresholds(&mut self, value: &Spanned<DeValue<'_>>, thresholds: &mut Vec<ThresholdRule>) {
        let wrong = "threshold holds tables: write [threshold.DETECTOR]";
        let DeValue::Table(detectors) = value.get_ref() else {
            self.wrong(value.span().start, wrong);
            return;
        };
        for (detector, value) in detectors {
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong(value.span().start, wrong);
                continue;
            };
            for (name, value) in table {
                let number = value.get_ref().as_integer().map(ToString::to_string);
                let Some(number) = number.and_then(|number| number.parse().ok()) else {
                    self.wrong(value.span().start, &format!("{} takes a whole number", name.get_ref()));
                    continue;
                };
                thresholds.push(ThresholdRule {
                    detector: detector.get_ref().to_string(),
                    name: name.get_ref().to_string(),
                    value: number,
                    origin: self.place(name.span().start),
                });
            }
        }
    }

    fn endpoint(&mut self, at: usize, table: &DeTable<'_>) -> Option<EndpointRule> {
        for (name, value) in table {
            let word: &str = name.get_ref();
            if !ENDPOINT_KEYS.contains(&word) {
                let error = Error::unknown("key of [[endpoint]]", word, &ENDPOINT_KEYS);
                self.wrong(name.span().start, &error.to_string());
            } else if value.get_ref().as_str().is_none() {
                self.wrong(value.span().start, &format!("{word} takes a string"));
            }
        }
        let get = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str().map(str::to_owned));
        let method = get("method").unwrap_or_else(|| "*".to_owned());
        let (path, class) = (get("path"), get("class"));
        for (key, value) in [("path", &path), ("class", &class)] {
            if value.is_none() && !table.contains_key(key) {
                self.wrong(at, &format!("[[endpoint]] lacks `{key}`"));
            }
        }
        let word = class?;
        let Some(class) = EndpointClass::ALL.into_iter().find(|class| class.name() == word) else {
            let known = EndpointClass::ALL.map(EndpointClass::name);
            let place = table.get("class").map_or(at, |value| value.span().start);
            self.wrong(place, &Error::unknown("class", &word, &known).to_string());
            return None;
        };
        let origin = self.place(at);
        Some(EndpointRule { method, path: path?, class, origin })
    }
}

/// The words of a value; where it is of another kind, what the setting takes.
fn words(key: &Key, value: &DeValue<'_>) -> Result<Vec<String>, &'static str> {
    match (key.shape, value) {
        (Shape::Text | Shape::List, DeValue::String(word)) => Ok(vec![word.to_string()]),
        (Shape::Text, DeValue::Datetime(stamp)) => Ok(vec![stamp.to_string()]),
        (Shape::Number, DeValue::Integer(number)) => Ok(vec![number.to_string()]),
        (Shape::Switch, DeValue::Boolean(on)) => Ok(vec![on.to_string()]),
        (Shape::List, DeValue::Array(all)) => all
            .iter()
            .map(|one| one.get_ref().as_str().map(str::to_owned).ok_or("a list of strings"))
            .collect(),
        (Shape::Text, _) => Err("a string"),
        (Shape::List, _) => Err("a list of strings"),
        (Shape::Number, _) => Err("a whole number"),
        (Shape::Switch, _) => Err("true or false"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let mut mistakes = Vec::new();
        read(Path::new("g.toml"), text, &mut mistakes);
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_the_nearest_word() {
        let text = "min-severty = \"high\"\ntop = \"5\"\n\n[[endpoint]]\npath = \"/x\"\nclass = \"logn\"\n\
                    mehtod = \"GET\"\n[[endpoint]]\nclass = \"login\"\n";
        let mut told = mistakes(text);
        told.sort();
        assert_eq!(
            told,
            [
                "g.toml:1: unknown setting `min-severty`; did you mean `min-severity`?",
                "g.toml:2: top takes a whole number",
                "g.toml:6: unknown class `logn`; did you mean `login`?",
                "g.toml:7: unknown key of [[endpoint]] `mehtod`; did you mean `method`?",
                "g.toml:8: [[endpoint]] lacks `path`",
            ]
        );
    }

    #[test]
    fn what_a_file_says_has_its_place() {
        let mut mistakes = Vec::new();
        let text = "# ours\ntop = 5\ntrusted-proxy = [\"cloudflare\", \"10.0.0.0/8\"]\nsince = 2026-03-10T00:00:00Z\n";
        let layer = read(Path::new("g.toml"), text, &mut mistakes);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(layer.said["top"].words, ["5"]);
        assert_eq!(layer.said["top"].origin, Origin::File("g.toml".into(), 2));
        assert_eq!(layer.said["trusted-proxy"].words, ["cloudflare", "10.0.0.0/8"]);
        assert_eq!(layer.said["since"].words, ["2026-03-10T00:00:00Z"]);
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        assert!(mistakes("top = 5\nformat = \n")[0].starts_with("g.toml:2: "));
    }
}
