//! Web shells: names that they are known by, commands given to a script, scripts where only uploads belong.

use super::piece::{Field, Piece, Seen, strongest};
use super::scan::{holds_any, name, words};

/// Names of shells, without their extension.
static SHELLS: &[&[u8]] = &[
    b"c99",
    b"c100",
    b"r57",
    b"wso",
    b"b374k",
    b"alfa",
    b"alfacgiapi",
    b"weevely",
    b"cmdjsp",
    b"cmdasp",
    b"aspxspy",
    b"webshell",
    b"backdoor",
    b"jspspy",
    b"antak",
    b"indoxploit",
    b"mini",
    b"marijuana",
    b"filesman",
    b"chopper",
    b"shell",
    b"cmd",
    b"up",
    b"uploader",
    b"0x",
    b"phpspy",
    b"godzilla",
    b"behinder",
    b"adminer-shell",
];

/// Parameters through which shells are told what to do.
static TOLD: &[&[u8]] =
    &[b"cmd", b"exec", b"command", b"execute", b"shell", b"run", b"c", b"do", b"system", b"passthru"];

/// Commands that intruders begin with.
static FIRST: &[&[u8]] = &[
    b"id",
    b"whoami",
    b"uname",
    b"ls",
    b"dir",
    b"cat",
    b"pwd",
    b"wget",
    b"curl",
    b"ifconfig",
    b"ipconfig",
    b"net",
    b"ps",
    b"netstat",
    b"echo",
    b"hostname",
    b"systeminfo",
    b"type",
    b"nc",
    b"bash",
    b"sh",
    b"powershell",
];

/// Folders of files that are only ever read, and never run.
static FILES: &[&[u8]] = &[
    b"uploads",
    b"upload",
    b"images",
    b"image",
    b"img",
    b"pix",
    b"icons",
    b"css",
    b"fonts",
    b"static",
    b"assets",
    b"media",
    b"cache",
    b"tmp",
    b"temp",
    b"thumbs",
    b"avatars",
    b"attachments",
    b"files",
    b".well-known",
];

/// Extensions of scripts that a server runs.
static SCRIPTS: &[&[u8]] =
    &[b"php", b"php5", b"php7", b"phtml", b"phar", b"jsp", b"jspx", b"asp", b"aspx", b"ashx", b"cfm", b"cgi"];

/// One of these stands in every path that names a shell.
pub(super) fn parts() -> impl Iterator<Item = Vec<u8>> {
    SHELLS.iter().map(|stem| [b"/", *stem, b"."].concat())
}

/// One of these stands in every query that tells a shell what to do.
pub(super) fn orders() -> impl Iterator<Item = Vec<u8>> {
    TOLD.iter().filter(|name| name.len() > 2).map(|name| [*name, b"="].concat())
}

/// The strongest sign of a shell in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if piece.field == Field::Query {
        let told = TOLD.contains(&piece.name);
        let word = name(&piece.lower);
        let commanded = FIRST.contains(&word)
            && (word.len() == piece.lower.len() || piece.lower.get(word.len()) == Some(&b' '));
        return strongest([
            (commanded && piece.is_planted, "gh-webshell-command", 90),
            (told && commanded && piece.name.len() > 2, "gh-webshell-command", 65),
        ]);
    }
    if piece.field != Field::Path {
        return None;
    }
    let file = piece.lower.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let dot = memchr::memchr(b'.', file)?;
    let (stem, extension) = file.split_at(dot);
    let is_script = [
        &b".php"[..],
        b".jsp",
        b".asp",
        b".jspx",
        b".cfm",
        b".phtml",
        b".cgi",
        b".php5",
        b".php7",
        b".phar",
        b".aspx",
        b".ashx",
    ]
    .contains(&extension);
    let uploads = words!["/uploads/", "/upload/", "/images/", "/tmp/", "/cache/", "/files/", "/.well-known/"];
    strongest([
        (
            is_script && SHELLS.contains(&stem) && !matches!(stem, b"up" | b"mini" | b"cmd" | b"0x"),
            "gh-webshell-name",
            70,
        ),
        (is_script && SHELLS.contains(&stem), "gh-webshell-name", 50),
        (is_script && holds_any(piece.lower, uploads), "gh-webshell-place", 40),
    ])
}

/// Whether a path names a script in a folder of files, or one that hides behind a dot.
pub fn is_script_among_files(path: &[u8]) -> bool {
    let Some(slash) = memchr::memrchr(b'/', path) else { return false };
    let (folders, name) = path.split_at(slash);
    let name = name.get(1..).unwrap_or_default();
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let is_among = |some: &[&[u8]], one: &[u8]| some.iter().any(|known| known.eq_ignore_ascii_case(one));
    let is_hidden = dot > 0 && name.first() == Some(&b'.');
    is_among(SCRIPTS, name.get(dot + 1..).unwrap_or_default())
        && (is_hidden || folders.split(|&byte| byte == b'/').any(|folder| is_among(FILES, folder)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::hash::NameHash;
    use crate::signal::{Class, Glance, Reached, Sensitivity};

    #[test]
    fn a_script_belongs_where_scripts_are() {
        for path in ["/uploads/2026/logo.php", "/theme/boost/pix/favicon.php", "/a/.cache.php", "/IMG/x.ASPX"]
        {
            assert!(is_script_among_files(path.as_bytes()), "{path}");
        }
        for path in
            ["/admin/ajax.php", "/index.php", "/uploads/a.png", "/php", "/uploads/", "/.php", "", "/img"]
        {
            assert!(!is_script_among_files(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn a_script_among_files_is_told_what_to_do_whatever_the_parameter_is_called() {
        let shows = |target: &str| {
            let mut event = Event::default();
            event.set_target(target.as_bytes());
            let mut glance = Glance::default();
            let path = event.path.unwrap_or_default();
            let of_path = glance.path(path, Reached::default(), path);
            glance.shown(&event, NameHash::NONE, of_path)
        };
        for target in ["/uploads/a.php?c=id", "/img/x.jsp?0=uname+-a", "/a/.x.php?x=cat%20/etc/passwd"] {
            assert_eq!(
                (shows(target).class(), shows(target).score()),
                (Some(Class::Webshell), 90),
                "{target}"
            );
        }
        for target in
            ["/shop/a.php?c=id", "/uploads/a.php?c=12", "/cache/css.php?f=idle", "/uploads/a.png?c=id"]
        {
            assert!(shows(target).score() < Sensitivity::Normal.score(), "{target}");
        }
    }
}
