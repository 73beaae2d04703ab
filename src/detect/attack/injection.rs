//! Code where a value was expected: SQL, scripts, commands, templates, paths that climb.

use super::Family;
use crate::detect::about::ANSWERS;
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World};
use crate::incident::{Finding, Kind, Test};
use crate::request::Flags;
use crate::signal::Class;

/// The detector.
pub(in crate::detect) struct Injection;

/// What a user reads about it.
pub(super) static ABOUT: About = About {
    id: "injection",
    kinds: &[Kind::Injection],
    summary: "Code where a value was expected, and whether it worked.",
    why: "One payload that is answered outweighs ten thousand that are not: it reads a database, a file or a shell.",
    looks_like: "SQL, scripts, shell commands, template expressions, LDAP filters, look-ups of Java, URLs of the inside or \
                 paths that climb, in parameters, paths, agents or referring pages, however they are encoded.",
    look_alikes: "A search for code, names with apostrophes, markup that an editor saves, query languages in links: whoever \
                  otherwise works normally and is answered is held back where others send the same to the same route, and so are \
                  two or more people who use a page that is made for it. What they are given is measured by what others are.",
    blind_spots: "Bodies of POST requests, unless they are logged. A payload whose answer looks like any other, or is the \
                  only one that differs: then it is listed as `low`, by itself.",
    thresholds: &[
        Threshold {
            name: "score",
            value: 50,
            unit: "of 100",
            meaning: "from here on a text counts as an attack (--sensitivity low: 70, high: 30)",
        },
        Threshold {
            name: "sustained",
            value: 10,
            unit: "requests",
            meaning: "by one client, from here on more than a single probe",
        },
        Threshold {
            name: "campaign",
            value: 5,
            unit: "clients",
            meaning: "that probe one route of the site in one way, twice each or more and twenty times in all",
        },
        Threshold {
            name: "stands out",
            value: 4,
            unit: "standard deviations",
            meaning: "by which an answer is larger than the ordinary ones of its route, or three different ones lie off them: the \
                      payload was answered",
        },
    ],
    needs: &[
        Needs { without: Sight::Less, ..ANSWERS },
        Needs {
            any_of: &[Flags::DURATION],
            missing: "request time",
            fix: "log `$request_time` (nginx), `%D` (Apache): code that was told to wait is seen by how long the answer took",
            without: Sight::Less,
        },
    ],
    attack: &["T1190", "T1059"],
    owasp_api: &["API8:2023"],
    oat: &[],
    cwe: &["CWE-74", "CWE-89", "CWE-79", "CWE-22", "CWE-78", "CWE-94", "CWE-918"],
};

static FAMILY: Family = Family { about: &ABOUT, kind: Kind::Injection, has: |class| !is_scan(class) };

/// Whether a class belongs to [`VulnerabilityScan`](super::VulnerabilityScan).
pub(super) fn is_scan(class: Class) -> bool {
    matches!(class, Class::Scanner | Class::SensitiveFile | Class::Webshell | Class::Protocol | Class::Sigma)
}

impl Detector for Injection {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        FAMILY.judge(world)
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        FAMILY.measure(world, actor)
    }
}
