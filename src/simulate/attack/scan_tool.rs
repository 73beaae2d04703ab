//! A scanner of known weaknesses works through its list; nothing of it is there.

use std::rc::Rc;

use super::payload;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "scan-tool",
    summary: "a scanner of known weaknesses works through its list, and finds nothing",
    role: Role::Attack { kind: "vulnerability-scan", difficulty: "easy" },
    cast,
};

/// What such lists ask for.
const PROBES: [&str; 20] = [
    "/.git/HEAD",
    "/.svn/entries",
    "/.env.local",
    "/.htpasswd",
    "/wp-config.php.bak",
    "/backup.sql",
    "/dump.sql.gz",
    "/phpinfo.php",
    "/server-status",
    "/actuator/heapdump",
    "/actuator/env",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/_profiler/phpinfo",
    "/adminer.php",
    "/shell.php",
    "/c99.php",
    "/id_rsa",
    "/config/database.yml",
    "/jolokia/list",
    "/trace.axd",
];
const TOOLS: [&str; 4] = [
    "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)",
    "Nuclei - Open-source project (github.com/projectdiscovery/nuclei)",
    "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
    "WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(40, 900)).max(24);
    let span = stage.some_slot(&mut rng, (0, 22), (1, 40));
    let address = stage.pool(1, &mut rng)[0];
    let agent = if rng.chance(300) { stage.agents.browser(&mut rng) } else { Rc::from(*rng.pick(&TOOLS)) };
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "attempted");
    let first = rng.below(20);
    super::paced(stage, span, count, 0.4, rng.fork(), move |nth, now, stage| {
        let missing = stage.site.missing;
        let probe = PROBES[usize::try_from((first + nth) % 20).unwrap_or(0)];
        let target = if nth % 4 == 3 {
            format!(
                "{probe}?{}={}",
                rng.pick(&["id", "page", "file"]),
                payload::encoded(&payload::write(&mut rng, 400))
            )
        } else {
            String::from(probe)
        };
        client.ask(stage, now, "GET", target, missing);
    });
    count
}
