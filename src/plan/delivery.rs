//! What the settings say about receivers: where what is sent is kept, how long is waited, who we are.

use std::path::PathBuf;
use std::time::Duration;

use super::Surroundings;
use crate::config::{DestinationRule, Settings};
use crate::deliver::{Address, Auth, Delivery, Secret};
use crate::error::Error;
use crate::output::{Destination, Target};

/// Seconds that a connection is held after the last message, unless the user wants others.
const RESEND: u64 = 5;
/// Seconds that a receiver may take to answer, unless the user wants others.
const TIMEOUT: u64 = 10;
/// Seconds for which a receiver that takes nothing is tried again, unless the user wants others.
const PATIENCE: u64 = 60;

/// How each receiver among `targets` is reached. Everything that is needed is looked for; no socket is opened.
pub(super) fn deliveries(
    settings: &Settings,
    targets: &[Target],
    around: &Surroundings,
) -> Result<Vec<Delivery>, Error> {
    let mut deliveries = Vec::new();
    let mut mistakes = Vec::new();
    for target in targets {
        if let Destination::Remote(address) = &target.destination {
            let checked = delivery(settings, address, target.output.name(), around);
            match checked.and_then(|delivery| delivery.check().map(|()| delivery)) {
                Ok(delivery) => deliveries.push(delivery),
                Err(mistake) => mistakes.push(mistake),
            }
        }
    }
    Error::all(mistakes).map_or(Ok(deliveries), Err)
}

/// How the receiver at `address` is reached.
fn delivery(
    settings: &Settings,
    address: &Address,
    format: &'static str,
    around: &Surroundings,
) -> Result<Delivery, Error> {
    let seconds = |name: &str, default: u64| -> Result<Duration, Error> {
        Ok(Duration::from_secs(settings.number(name)?.unwrap_or(default)))
    };
    let rule = rule(settings, address)?;
    let file = |key: &str| rule.and_then(|rule| rule.file(key));
    let auth = rule.and_then(|rule| Some((rule, rule.get("auth")?)));
    let auth =
        auth.map(|(rule, word)| Auth::by_name(word).map_err(|error| rule.origin.blame("auth", &error)));
    Ok(Delivery {
        address: address.clone(),
        format,
        spool: spool(settings, around),
        resend: seconds("resend", RESEND)?,
        timeout: seconds("deliver-timeout", TIMEOUT)?.max(Duration::from_secs(1)),
        patience: seconds("deliver-patience", PATIENCE)?,
        secret: secret(rule, format, around)?,
        auth: auth.transpose()?,
        ca: file("ca-file"),
        identity: file("cert-file").zip(file("key-file")),
        template: rule.and_then(|rule| rule.get("template")).map(str::to_owned),
    })
}

/// The first `[[destination]]` that means `address`.
fn rule<'s>(settings: &'s Settings, address: &Address) -> Result<Option<&'s DestinationRule>, Error> {
    for rule in &settings.destinations {
        let outer = Address::parse(rule.get("url").unwrap_or(""));
        if address.is_within(&outer.map_err(|error| rule.origin.blame("url", &error))?) {
            return Ok(Some(rule));
        }
    }
    Ok(None)
}

/// What the receiver knows us by: what its `[[destination]]` names, else what the environment has for its format.
fn secret(
    rule: Option<&DestinationRule>,
    format: &str,
    around: &Surroundings,
) -> Result<Option<Secret>, Error> {
    let variable = |name: &str| (around.environment)(name).filter(|value| !value.is_empty());
    if let Some(rule) = rule {
        if let Some(path) = rule.file("token-file") {
            return Secret::of_file(&path).map(Some);
        }
        if let Some(name) = rule.get("token-env") {
            let missing = || rule.origin.blame("token-env", &Error::usage(format!("{name} is not set")));
            return Secret::of_variable(name, variable(name).ok_or_else(missing)?).map(Some);
        }
    }
    let name = format!("GATEHOUND_{}_TOKEN", format.replace('-', "_").to_ascii_uppercase());
    if let Some(path) = variable(&format!("{name}_FILE")) {
        return Secret::of_file(&PathBuf::from(path)).map(Some);
    }
    variable(&name).map(|value| Secret::of_variable(&name, value)).transpose()
}

/// Where what is sent is kept: as the settings say, else among the states of the user (XDG), else of the system.
fn spool(settings: &Settings, around: &Surroundings) -> PathBuf {
    if let Some(folder) = settings.text("spool") {
        return folder.into();
    }
    let absolute =
        |name: &str| (around.environment)(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.unwrap_or_else(|| PathBuf::from("/var/lib")).join("gatehound/spool")
}
