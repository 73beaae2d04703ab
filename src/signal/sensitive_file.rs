//! Files and pages that were never meant for visitors: what version control, editors, deployments and administrators leave.

use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{holds, holds_any};

/// Hidden names, and how much asking for one tells.
static HIDDEN: &[(&[u8], u8)] = &[
    (b".git", 80),
    (b".svn", 80),
    (b".hg", 75),
    (b".bzr", 70),
    (b".cvs", 60),
    (b".env", 85),
    (b".htaccess", 75),
    (b".htpasswd", 85),
    (b".aws", 85),
    (b".ssh", 85),
    (b".docker", 75),
    (b".dockercfg", 80),
    (b".kube", 80),
    (b".npmrc", 75),
    (b".netrc", 80),
    (b".ds_store", 65),
    (b".bash_history", 85),
    (b".bashrc", 70),
    (b".profile", 60),
    (b".mysql_history", 85),
    (b".pgpass", 85),
    (b".vscode", 65),
    (b".idea", 65),
    (b".gitlab-ci.yml", 70),
    (b".gitignore", 60),
    (b".s3cfg", 80),
    (b".boto", 75),
    (b".ftpconfig", 75),
    (b".history", 70),
    (b".passwd", 80),
    (b".git-credentials", 85),
    (b".terraform", 75),
];

/// Whole names, and how much asking for one tells.
static NAMED: &[(&[u8], u8)] = &[
    (b"wp-config.php", 75),
    (b"web.config", 70),
    (b"phpinfo.php", 70),
    (b"info.php", 55),
    (b"server-status", 55),
    (b"server-info", 55),
    (b"id_rsa", 85),
    (b"id_dsa", 85),
    (b"id_ed25519", 85),
    (b"phpmyadmin", 50),
    (b"pma", 35),
    (b"adminer.php", 60),
    (b"configuration.php", 50),
    (b"settings.py", 65),
    (b"database.yml", 70),
    (b"secrets.yml", 75),
    (b"credentials.json", 70),
    (b"docker-compose.yml", 65),
    (b"dockerfile", 50),
    (b"composer.lock", 45),
    (b"error_log", 60),
    (b"debug.log", 60),
    (b"laravel.log", 65),
    (b"wp-config.txt", 80),
    (b"localsettings.php", 60),
    (b"passwd", 60),
    (b"shadow", 45),
    (b"xmlrpc.php", 35),
    (b"wlwmanifest.xml", 40),
    (b"heapdump", 75),
    (b"jolokia", 60),
    (b"trace.axd", 70),
    (b"elmah.axd", 70),
    (b"web-inf", 75),
    (b"meta-inf", 65),
    (b"terraform.tfstate", 80),
    (b"sftp-config.json", 80),
    (b"_profiler", 55),
    (b"_ignition", 55),
    (b"hnap1", 60),
    (b"vendor/phpunit", 70),
    (b"eval-stdin.php", 85),
    (b"kubeconfig", 75),
    (b"appsettings.json", 60),
    (b"_all_dbs", 55),
    (b"_cat", 40),
    (b"console", 0),
    (b"manager", 0),
];

/// Ends of names that copies and dumps have, and how much asking for one tells.
static ENDS: &[(&[u8], u8)] = &[
    (b"sql", 65),
    (b"bak", 60),
    (b"old", 55),
    (b"orig", 50),
    (b"swp", 65),
    (b"swo", 65),
    (b"save", 50),
    (b"sqlite", 60),
    (b"sqlite3", 60),
    (b"db", 35),
    (b"mdb", 60),
    (b"pem", 65),
    (b"key", 45),
    (b"pfx", 65),
    (b"p12", 55),
    (b"ppk", 75),
    (b"kdbx", 75),
    (b"inc", 50),
    (b"cfg", 45),
    (b"conf", 50),
    (b"ini", 45),
    (b"log", 40),
    (b"env", 75),
    (b"tfstate", 80),
    (b"backup", 55),
    (b"dump", 55),
    (b"bash_history", 85),
];

/// Archives with one of these names hold a whole site.
static ARCHIVED: &[&str] = &[
    "backup",
    "dump",
    "www",
    "wwwroot",
    "website",
    "site",
    "html",
    "public_html",
    "database",
    "db",
    "htdocs",
];

/// Names of pages of Spring's actuator that tell secrets or act.
static ACTUATOR: &[&[u8]] = &[
    b"env",
    b"heapdump",
    b"threaddump",
    b"dump",
    b"mappings",
    b"configprops",
    b"beans",
    b"trace",
    b"httptrace",
    b"jolokia",
    b"gateway",
    b"shutdown",
    b"loggers",
    b"logfile",
];

/// One of these stands in every path that shows such a file; those of hidden names apart, which all begin with a dot.
pub(super) fn parts() -> impl Iterator<Item = Vec<u8>> {
    let told = |list: &'static [(&'static [u8], u8)]| {
        list.iter().filter(|(_, score)| *score > 0).map(|(name, _)| *name)
    };
    let names = told(NAMED).map(|name| [b"/", name].concat());
    let ends = told(ENDS).map(|end| [b".", end].concat());
    let archives = ARCHIVED.iter().map(|stem| [stem.as_bytes(), b"."].concat());
    names.chain(ends).chain(archives).chain([b"/actuator".to_vec()])
}

/// The most telling name in a path.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if piece.field == Field::Query {
        let asks = holds_any(piece.lower, &["__schema", "introspectionquery"]) && holds(piece.lower, b"{");
        return strongest([(asks, "gh-sensitive-introspection", 55)]);
    }
    if piece.field != Field::Path {
        return None;
    }
    let mut best = None;
    let mut before: &[u8] = b"";
    for segment in piece.lower.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty()).take(32) {
        let segment = segment.strip_suffix(b"~").unwrap_or(segment);
        best = stronger(best, named(segment, before));
        before = segment;
    }
    let last = piece.lower.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    stronger(best, ending(last))
}

/// What one segment tells by its name.
fn named(segment: &[u8], before: &[u8]) -> Option<Seen> {
    if before == b"actuator" && ACTUATOR.contains(&segment) {
        return Some(Seen::new("gh-sensitive-actuator", 65));
    }
    if segment.first() == Some(&b'.') {
        let known = HIDDEN.iter().find(|(name, _)| {
            let rest = segment.strip_prefix(*name);
            rest.is_some_and(|rest| rest.first().is_none_or(|byte| matches!(byte, b'.' | b'-' | b'_')))
        });
        return known.map(|&(_, score)| Seen::new("gh-sensitive-hidden", score));
    }
    let copied = |name: &[u8]| segment.strip_prefix(name).is_some_and(|rest| rest.first() == Some(&b'.'));
    let known = NAMED
        .iter()
        .find(|(name, score)| *score > 0 && (*name == segment || (name.contains(&b'.') && copied(name))));
    known.map(|&(_, score)| Seen::new("gh-sensitive-name", score))
}

/// What the end of a name tells.
fn ending(last: &[u8]) -> Option<Seen> {
    let backup = last.strip_suffix(b"~").is_some_and(|stem| stem.contains(&b'.'));
    let dot = memchr::memrchr(b'.', last)?;
    let (stem, end) = (last.get(..dot)?, last.get(dot + 1..)?);
    let known =
        ENDS.iter().find(|(name, _)| *name == end).map(|&(_, score)| Seen::new("gh-sensitive-copy", score));
    let packed = matches!(end, b"zip" | b"gz" | b"tar" | b"tgz" | b"rar" | b"7z" | b"bz2");
    let archive = packed
        && ARCHIVED.iter().any(|word| stem.split(|byte| *byte == b'.').next() == Some(word.as_bytes()));
    stronger(known, strongest([(archive, "gh-sensitive-archive", 60), (backup, "gh-sensitive-copy", 60)]))
}
