//! Techniques of MITRE ATT&CK (Enterprise, version 17.1) by their ids.

use crate::incident::Incident;

/// A technique, and the tactic that it serves here.
pub(super) struct Technique {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Its id and its name.
    pub(super) tactic: (&'static str, &'static str),
}

const ACCESS: (&str, &str) = ("TA0001", "Initial Access");
const EXECUTION: (&str, &str) = ("TA0002", "Execution");
const PERSISTENCE: (&str, &str) = ("TA0003", "Persistence");
const CREDENTIALS: (&str, &str) = ("TA0006", "Credential Access");
const DISCOVERY: (&str, &str) = ("TA0007", "Discovery");
const EVASION: (&str, &str) = ("TA0005", "Defense Evasion");
const COLLECTION: (&str, &str) = ("TA0009", "Collection");
const EXFILTRATION: (&str, &str) = ("TA0010", "Exfiltration");
const CONTROL: (&str, &str) = ("TA0011", "Command and Control");
const IMPACT: (&str, &str) = ("TA0040", "Impact");
const RESOURCES: (&str, &str) = ("TA0042", "Resource Development");
const RECON: (&str, &str) = ("TA0043", "Reconnaissance");

/// The techniques that detectors and our rules name, and those that they are parts of. An id that a rule of the user's names
/// beside them is passed on without a name, where a schema has a place for that.
static TECHNIQUES: &[Technique] = &[
    technique("T1005", "Data from Local System", COLLECTION),
    technique("T1046", "Network Service Discovery", DISCOVERY),
    technique("T1059", "Command and Scripting Interpreter", EXECUTION),
    technique("T1059.004", "Unix Shell", EXECUTION),
    technique("T1059.006", "Python", EXECUTION),
    technique("T1059.007", "JavaScript", EXECUTION),
    technique("T1070", "Indicator Removal", EVASION),
    technique("T1070.002", "Clear Linux or Mac System Logs", EVASION),
    technique("T1083", "File and Directory Discovery", DISCOVERY),
    technique("T1087", "Account Discovery", DISCOVERY),
    technique("T1090", "Proxy", CONTROL),
    technique("T1110", "Brute Force", CREDENTIALS),
    technique("T1110.001", "Password Guessing", CREDENTIALS),
    technique("T1110.003", "Password Spraying", CREDENTIALS),
    technique("T1110.004", "Credential Stuffing", CREDENTIALS),
    technique("T1133", "External Remote Services", ACCESS),
    technique("T1190", "Exploit Public-Facing Application", ACCESS),
    technique("T1203", "Exploitation for Client Execution", EXECUTION),
    technique("T1213", "Data from Information Repositories", COLLECTION),
    technique("T1213.003", "Code Repositories", COLLECTION),
    technique("T1499", "Endpoint Denial of Service", IMPACT),
    technique("T1499.003", "Application Exhaustion Flood", IMPACT),
    technique("T1505", "Server Software Component", PERSISTENCE),
    technique("T1505.003", "Web Shell", PERSISTENCE),
    technique("T1526", "Cloud Service Discovery", DISCOVERY),
    technique("T1528", "Steal Application Access Token", CREDENTIALS),
    technique("T1530", "Data from Cloud Storage", COLLECTION),
    technique("T1539", "Steal Web Session Cookie", CREDENTIALS),
    technique("T1550", "Use Alternate Authentication Material", EVASION),
    technique("T1550.001", "Application Access Token", EVASION),
    technique("T1550.004", "Web Session Cookie", EVASION),
    technique("T1552", "Unsecured Credentials", CREDENTIALS),
    technique("T1552.001", "Credentials In Files", CREDENTIALS),
    technique("T1552.005", "Cloud Instance Metadata API", CREDENTIALS),
    technique("T1552.007", "Container API", CREDENTIALS),
    technique("T1555", "Credentials from Password Stores", CREDENTIALS),
    technique("T1565", "Data Manipulation", IMPACT),
    technique("T1565.001", "Stored Data Manipulation", IMPACT),
    technique("T1567", "Exfiltration Over Web Service", EXFILTRATION),
    technique("T1584", "Compromise Infrastructure", RESOURCES),
    technique("T1584.005", "Botnet", RESOURCES),
    technique("T1589", "Gather Victim Identity Information", RECON),
    technique("T1589.001", "Credentials", RECON),
    technique("T1592", "Gather Victim Host Information", RECON),
    technique("T1592.002", "Software", RECON),
    technique("T1594", "Search Victim-Owned Websites", RECON),
    technique("T1595", "Active Scanning", RECON),
    technique("T1595.002", "Vulnerability Scanning", RECON),
    technique("T1595.003", "Wordlist Scanning", RECON),
    technique("T1606", "Forge Web Credentials", CREDENTIALS),
    technique("T1606.001", "Web Cookies", CREDENTIALS),
    technique("T1610", "Deploy Container", EXECUTION),
    technique("T1613", "Container and Resource Discovery", DISCOVERY),
];

const fn technique(id: &'static str, name: &'static str, tactic: (&'static str, &'static str)) -> Technique {
    Technique { id, name, tactic }
}

/// The technique called `id`.
pub(super) fn technique_of(id: &str) -> Option<&'static Technique> {
    TECHNIQUES.iter().find(|technique| technique.id == id)
}

/// The techniques of an incident that have a name.
pub(super) fn techniques(incident: &Incident) -> impl Iterator<Item = &'static Technique> {
    incident.references.attack.iter().filter_map(|id| technique_of(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_technique_that_a_detector_or_a_rule_of_ours_names_is_known_with_its_parent() {
        let detectors = crate::detect::all();
        let own = detectors.iter().flat_map(|detector| detector.about().references().attack);
        let rules = crate::sigma::load(&[], true).unwrap().rules;
        let ids = own.map(|id| id.to_string()).chain(rules.iter().flat_map(crate::sigma::Rule::techniques));
        let ids: Vec<String> = ids.collect();
        assert!(ids.len() > 40);
        for id in ids {
            let parent = id.split('.').next().unwrap_or(&id);
            assert!(technique_of(&id).is_some() && technique_of(parent).is_some(), "{id}");
        }
    }
}
