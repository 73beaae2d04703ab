//! What clients call themselves: browsers, apps and tools, as many different ones as a run wants.

use std::rc::Rc;

use super::random::{Rng, mix};

/// The agents of one run. Browsers and apps are ordered by popularity.
pub(super) struct Agents {
    browsers: Vec<Rc<str>>,
    apps: Vec<Rc<str>>,
}

/// Libraries that programs call themselves by.
const SCRIPTS: [&str; 9] = [
    "python-requests/2.31.0",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    "curl/8.4.0",
    "axios/1.6.8",
    "okhttp/4.9.3",
    "PostmanRuntime/7.37.3",
    "Apache-HttpClient/4.5.14 (Java/17.0.9)",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
];

impl Agents {
    /// At least `wanted` different agents, for an app of the name `app`.
    pub(super) fn new(seed: u64, wanted: u32, app: &str) -> Self {
        let half = u64::from(wanted.max(40)) / 2 + 1;
        let table = |make: &dyn Fn(u64, u64) -> String, salt: u64| {
            let mut known = std::collections::BTreeSet::new();
            let mut all = Vec::new();
            let mut nth = 0;
            while (all.len() as u64) < half {
                let text = make(mix(seed ^ salt ^ nth), nth);
                if known.insert(text.clone()) {
                    all.push(Rc::from(text));
                }
                nth += 1;
            }
            all
        };
        Self { browsers: table(&browser, 1), apps: table(&|chance, nth| an_app(app, chance, nth), 2) }
    }

    /// A browser, popular ones more often.
    pub(super) fn browser(&self, rng: &mut Rng) -> Rc<str> {
        one(&self.browsers, rng)
    }

    /// A version of the site's own app, newer ones more often.
    pub(super) fn app(&self, rng: &mut Rng) -> Rc<str> {
        one(&self.apps, rng)
    }
}

/// A program of a customer's, or of an attacker's: nothing tells one from the other.
pub(super) fn script(rng: &mut Rng) -> Rc<str> {
    Rc::from(*rng.pick(&SCRIPTS))
}

fn one(all: &[Rc<str>], rng: &mut Rng) -> Rc<str> {
    let index = rng.popular(all.len() as u64);
    Rc::clone(&all[usize::try_from(index).unwrap_or(0)])
}

/// The `nth` browser: versions grow older, and from the 400th on builds differ as well, so that there is always another.
fn browser(chance: u64, nth: u64) -> String {
    let version = 134 - (nth / 9).min(44);
    let build = if nth < 400 { String::from("0.0.0") } else { format!("0.{}.{}", 4000 + nth, chance % 200) };
    let minor = chance / 7 % 6;
    match chance % 8 {
        0 | 1 => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.{build} Safari/537.36"
        ),
        2 => format!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.{build} Safari/537.36"
        ),
        3 => format!(
            "Mozilla/5.0 (Linux; Android {}; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.{build} Mobile Safari/537.36",
            10 + chance / 9 % 6
        ),
        4 => format!(
            "Mozilla/5.0 (iPhone; CPU iPhone OS {}_{minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{minor} Mobile/15E{} Safari/604.1",
            15 + chance / 11 % 4,
            15 + chance / 11 % 4,
            148 + nth
        ),
        5 => format!(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{minor}.{} Safari/605.1.15",
            15 + chance / 11 % 4,
            nth % 97
        ),
        6 => format!(
            "Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.{}",
            nth % 7
        ),
        _ => format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.{build} Safari/537.36 Edg/{version}.0.{}.{}",
            2000 + nth,
            chance / 13 % 90
        ),
    }
}

/// The `nth` version of the app `name`.
fn an_app(name: &str, chance: u64, nth: u64) -> String {
    const PHONES: [&str; 8] =
        ["Pixel 8", "Pixel 7a", "SM-S918B", "SM-A546B", "2201117TG", "CPH2451", "M2101K6G", "XQ-CT54"];
    let (minor, patch) = (60 - (nth / 24).min(58), nth / 6 % 4);
    let build = 9000 - nth.min(8000);
    let phone = PHONES[usize::try_from(chance >> 9).unwrap_or(0) % PHONES.len()];
    if chance % 5 < 3 {
        format!(
            "{name}/5.{minor}.{patch} (build:{build}; Android {}; {phone}) okhttp/4.{}.0",
            11 + chance / 5 % 5,
            9 + chance / 25 % 4
        )
    } else {
        format!(
            "{name}/5.{minor}.{patch} (iPhone; build:{build}; iOS {}.{}; Scale/3.00)",
            15 + chance / 5 % 4,
            chance / 25 % 7
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_agents_as_wanted() {
        let agents = Agents::new(1, 3000, "Acme");
        let all: std::collections::BTreeSet<&str> =
            agents.browsers.iter().chain(&agents.apps).map(AsRef::as_ref).collect();
        assert!(all.len() >= 3000, "{}", all.len());
    }
}
