//! Files and pages that were never meant for visitors: what version control, editors, deployments and administrators leave.

use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{holds, holds_any, words};

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

/// Ends of names that say how a file is packed.
static PACKED: &[&[u8]] = &[b"zip", b"gz", b"tar", b"tgz", b"rar", b"7z", b"bz2", b"xz", b"zst"];

/// By how much a copy or dump tells more where it is packed: nobody packs what a page shows.
const WHERE_PACKED: u8 = 5;

/// Folders of copies: what is data there, or packed, was never meant for visitors.
static COPIES: &[&[u8]] =
    &[b"backup", b"backups", b"dump", b"dumps", b"db_backup", b"db-backups", b"_backup"];

/// Ends of names that data has, on whichever page it is offered.
static DATA: &[&[u8]] = &[b"csv", b"tsv", b"json", b"xml", b"xls", b"xlsx"];

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
    // What is named after the site, its folder or the day: `shop_backup.zip`, `dump-2026-01-31.tar.gz`.
    let copies = COPIED.iter().map(|word| word.to_vec());
    names.chain(ends).chain(archives).chain(copies).chain([b"/actuator".to_vec(), b"/plugins/".to_vec()])
}

/// Folders in which things are tried, and forgotten.
const TRIED: [&[u8]; 16] = [
    b"test", b"tests", b"tmp", b"temp", b"old", b"dev", b"php", b"admin", b"public", b"www", b"web", b"html",
    b"db", b"sql", b"mysql", b"tools",
];

/// Pages on which forges of code show what lies in a repository, behind its owner and its name.
const VIEWS: [&[u8]; 6] = [b"-", b"raw", b"blob", b"blame", b"tree", b"plain"];

/// Whether a segment says that the file behind it lies in a repository, and is meant to be seen.
fn shows_repository(before: &[u8], segment: &[u8], nth: usize) -> bool {
    nth > 1 && VIEWS.contains(&segment)
        || matches!((before, segment), (b"src", b"branch" | b"commit" | b"tag") | (b"repository", b"files"))
}

/// The most telling name in a path.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if piece.field == Field::Query {
        let asks =
            holds_any(piece.lower, words!["__schema", "introspectionquery"]) && holds(piece.lower, b"{");
        return strongest([(asks, "gh-sensitive-introspection", 55)]);
    }
    if piece.field != Field::Path {
        return None;
    }
    let mut best = None;
    let mut before: &[u8] = b"";
    let segments = piece.lower.split(|&byte| byte == b'/').filter(|segment| !segment.is_empty());
    for (nth, segment) in segments.take(32).enumerate() {
        let segment = segment.strip_suffix(b"~").unwrap_or(segment);
        if shows_repository(before, segment, nth) {
            return None;
        }
        best = stronger(best, named(segment, before));
        before = segment;
    }
    let mut segments = piece.lower.rsplit(|&byte| byte == b'/');
    let (last, folder) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    // Whoever reads what each plugin says of itself asks which there are.
    let is_plugin = last == b"readme.txt" && segments.next() == Some(b"plugins");
    let probe = is_plugin.then(|| Seen::new("gh-sensitive-plugin", 55));
    stronger(stronger(best, probe), stronger(ending(last), copy_in(folder, last)))
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
    // Courses have an `info.php`, and projects are called so; what was left behind lies at the root or where things are tried.
    let is_in_place = match segment {
        b"passwd" | b"shadow" => before == b"etc",
        b"info.php" | b"phpmyadmin" | b"pma" => before.is_empty() || TRIED.contains(&before),
        _ => true,
    };
    if !is_in_place {
        return None;
    }
    let copied = |name: &[u8]| segment.strip_prefix(name).is_some_and(|rest| rest.first() == Some(&b'.'));
    let known = NAMED.iter().find(|(name, score)| {
        name.first() == segment.first()
            && *score > 0
            && (*name == segment || (name.contains(&b'.') && copied(name)))
    });
    known.map(|&(_, score)| Seen::new("gh-sensitive-name", score))
}

/// What the end of a name tells.
fn ending(last: &[u8]) -> Option<Seen> {
    let backup = last.strip_suffix(b"~").is_some_and(|stem| stem.contains(&b'.'));
    let backup = backup.then(|| Seen::new("gh-sensitive-copy", 60));
    let (stem, end) = split(last)?;
    if !PACKED.contains(&end) {
        return stronger(copy(end), backup);
    }
    let mut inner = stem;
    while let Some((stem, _)) = split(inner).filter(|(_, end)| PACKED.contains(end)) {
        inner = stem;
    }
    // What was packed keeps its name: `shop.sql.gz`.
    let what = split(inner).and_then(|(_, end)| copy(end));
    let what = what.map(|seen| Seen { score: seen.score.saturating_add(WHERE_PACKED), ..seen });
    let archive =
        ARCHIVED.iter().any(|word| stem.split(|byte| *byte == b'.').next() == Some(word.as_bytes()));
    let archive = (archive || is_copy(inner)).then(|| Seen::new("gh-sensitive-archive", 60));
    stronger(what, stronger(archive, backup))
}

/// What the end of the name of a copy tells.
fn copy(end: &[u8]) -> Option<Seen> {
    ENDS.iter().find(|(name, _)| *name == end).map(|&(_, score)| Seen::new("gh-sensitive-copy", score))
}

/// A name and its end, of which neither is empty.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memrchr(b'.', name).filter(|&dot| dot > 0)?;
    Some((name.get(..dot)?, name.get(dot + 1..)?))
}

/// Words that copies are called by.
static COPIED: &[&[u8]] = &[b"backup", b"dump"];

/// Whether an archive calls itself a copy: by its last word, but for numbers and what follows a date. `backup-tool-1.2` is a tool
/// for copies.
fn is_copy(stem: &[u8]) -> bool {
    let mut words = stem.rsplit(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.next().is_some_and(|word| COPIED.contains(&word))
}

/// What a file in a folder of copies tells.
fn copy_in(folder: &[u8], last: &[u8]) -> Option<Seen> {
    let (stem, end) = split(last).filter(|_| COPIES.contains(&folder))?;
    let inner = split(stem).filter(|_| PACKED.contains(&end)).map_or(end, |(_, inner)| inner);
    let score = if DATA.contains(&inner) { 60 } else { 50 };
    (DATA.contains(&inner) || PACKED.contains(&end)).then(|| Seen::new("gh-sensitive-archive", score))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How strong the end of a path is.
    fn score(path: &str) -> u8 {
        let mut segments = path.as_bytes().rsplit(|&byte| byte == b'/');
        let (last, folder) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        stronger(ending(last), copy_in(folder, last)).map_or(0, |seen| seen.score)
    }

    #[test]
    fn a_name_that_projects_have_as_well_tells_where_it_stands() {
        let score = |segment: &str, before: &str| {
            named(segment.as_bytes(), before.as_bytes()).map_or(0, |seen| seen.score)
        };
        assert!(
            score("passwd", "etc") > 50 && score("phpmyadmin", "") > 40 && score("info.php", "test") > 50
        );
        assert_eq!(
            (score("passwd", "oss"), score("phpmyadmin", "mobile"), score("info.php", "course")),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_copy_is_known_however_it_is_packed_and_whatever_else_its_name_says() {
        for path in [
            "/shop.sql.gz",
            "/koha_backup.sql.gz",
            "/builds/players-202501.dump.gz",
            "/site-backup.zip",
            "/dump-2026-01-31.tar.gz",
            "/backup_20260131.tar.zst",
            "/backup/customers.csv.gz",
            "/backups/orders.csv",
            "/www.zip",
        ] {
            assert!(score(path) >= 60, "{path}");
        }
    }

    #[test]
    fn what_is_offered_to_everybody_is_no_copy() {
        for path in [
            "/downloads/backup-tool-1.2.tar.gz",
            "/downloads/dumpster-fire.zip",
            "/products/backup/index.html",
            "/backup/",
            "/backup/logo.png",
            "/help/backup.html",
            "/assets/app.js.gz",
            "/sitemap.xml.gz",
            "/export/report.csv",
            "/packages/core.db.tar.gz",
        ] {
            assert!(score(path) < 50, "{path}");
        }
        // An archive among copies is asked for seldom, and is not yet secret.
        assert!((50..60).contains(&score("/backup/client-1.2.zip")));
    }
}
