//! Settings in the environment: a variable each, and what only the environment says.

use super::{Environment, KEYS, Key, Layer, Origin, Said, Shape};
use crate::error::nearest;

/// What all of our variables begin with.
const PREFIX: &str = "GATEHOUND_";

/// Variables that are no settings.
const OTHERS: [&str; 2] = ["CONFIG", "HASH_KEY_FILE"];

/// What the environment says; lists have commas between.
pub(super) fn layer(environment: &Environment) -> Layer {
    let mut layer = Layer::default();
    for key in KEYS.iter().filter(|key| key.lasting) {
        let name = format!("{PREFIX}{}", in_capitals(key));
        let Some(value) = environment(&name).filter(|value| !value.is_empty()) else { continue };
        let value = value.to_string_lossy().into_owned();
        let words = match key.shape {
            Shape::List => value.split(',').map(|word| word.trim().to_owned()).collect(),
            _ => vec![value],
        };
        layer.said.insert(key.name, Said { words, origin: Origin::Environment(name) });
    }
    layer
}

/// A warning for each variable that nobody reads and whose name is nearly one that is read.
pub fn misspelt(variables: impl Iterator<Item = String>) -> Vec<String> {
    let lasting = KEYS.iter().filter(|key| key.lasting).map(in_capitals);
    let known: Vec<String> = lasting.chain(OTHERS.map(str::to_owned)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut warnings: Vec<String> = variables
        .filter_map(|variable| {
            let name = variable.strip_prefix(PREFIX)?;
            // Secrets of receivers are named after formats.
            let is_secret = name.ends_with("_TOKEN") || name.ends_with("_TOKEN_FILE");
            let near = nearest(name, &known).filter(|&near| near != name && !is_secret)?;
            Some(format!("{variable} is not read by anybody; did you mean {PREFIX}{near}?"))
        })
        .collect();
    warnings.sort();
    warnings
}

/// The name of a setting as variables have it.
fn in_capitals(key: &Key) -> String {
    key.name.replace('-', "_").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_nearly_a_setting_is_told_and_no_other() {
        let variables = [
            "GATEHOUND_MIN_SEVERTY",
            "GATEHOUND_MIN_SEVERITY",
            "GATEHOUND_CONFG",
            "GATEHOUND_HASH_KEY_FILE",
            "GATEHOUND_SPLUNK_HEC_TOKEN",
            "GATEHOUND_SOMETHING_ELSE",
            "MIN_SEVERTY",
        ];
        assert_eq!(
            misspelt(variables.map(str::to_owned).into_iter()),
            [
                "GATEHOUND_CONFG is not read by anybody; did you mean GATEHOUND_CONFIG?",
                "GATEHOUND_MIN_SEVERTY is not read by anybody; did you mean GATEHOUND_MIN_SEVERITY?"
            ]
        );
    }
}
