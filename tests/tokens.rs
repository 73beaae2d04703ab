//! Sessions and keys in other hands, each beside the harmless use that looks alike.

#![allow(
    clippy::needless_for_each,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and a line a step reads well"
)]

mod common;

use common::{Log, text};
use gatehound::incident::{Incident, Kind, Severity};

/// A log as it is written: second and line.
#[derive(Default)]
struct Written(Vec<(u64, String)>);

/// Who asks: address, user, session, agent, and whether from a page.
#[derive(Clone, Default)]
struct Who {
    ip: String,
    user: String,
    session: String,
    agent: String,
    from_page: bool,
}

impl Who {
    /// The same from another address, with another agent.
    fn at(&self, ip: &str, agent: &str) -> Self {
        Self { ip: ip.to_owned(), agent: agent.to_owned(), ..self.clone() }
    }
}

/// One of forty browsers.
fn browser(nth: u64) -> String {
    format!("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 100 + nth * 7 % 40)
}

/// Somebody with a session, from a household of their own.
fn person(nth: u64) -> Who {
    Who {
        ip: format!("203.{}.{}.{}", nth / 200, nth % 200, nth % 250 + 1),
        session: format!("s{nth:08x}"),
        agent: browser(nth),
        from_page: true,
        ..Who::default()
    }
}

/// A machine with a key of its own.
fn machine(nth: u64) -> Who {
    Who {
        ip: format!("192.0.{}.7", nth % 200),
        user: format!("svc-{nth}"),
        agent: format!("worker-{}/1.{}", nth % 5, nth % 3),
        ..Who::default()
    }
}

impl Written {
    /// One request.
    fn add(&mut self, second: u64, who: &Who, (method, path): (&str, &str), status: u16) {
        let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let referer = if who.from_page { "https://www.example.com/" } else { "" };
        let Who { ip, user, session, agent, .. } = who;
        let line = serde_json::json!({
            "time": format!("2026-03-10T{clock}Z"), "remote_addr": ip, "remote_user": user, "session_id": session,
            "request_method": method, "request_uri": path, "status": status, "body_bytes_sent": 900 + second % 7,
            "http_user_agent": agent, "http_referer": referer,
        });
        self.0.push((second, format!("{line}\n")));
    }

    /// Somebody looks at the site for two hours, a page every few minutes.
    fn works(&mut self, from: u64, who: &Who) {
        for step in 0..24 {
            self.add(
                from + step * 300,
                who,
                ("GET", ["/home", "/orders", "/orders/7", "/help"][usize::try_from(step % 4).unwrap()]),
                200,
            );
        }
    }

    /// A machine works all day, every few minutes.
    fn runs(&mut self, who: &Who, step: u64) {
        for second in (step..86_000).step_by(usize::try_from(step).unwrap()) {
            self.add(second, who, ("POST", "/v1/orders"), 200);
            self.add(second + 2, who, ("GET", "/v1/orders/open"), 200);
        }
    }

    /// Ninety people with sessions.
    fn people() -> Self {
        let mut log = Self::default();
        (0..90).for_each(|nth| log.works(20_000 + nth * 311, &person(nth)));
        log
    }

    /// Fifty machines with keys.
    fn machines() -> Self {
        let mut log = Self::default();
        (0..50).for_each(|nth| log.runs(&machine(nth), 600 + nth * 13));
        log
    }

    /// So many requests with a key, one after the other.
    fn burst(&mut self, from: u64, who: &Who, count: u64, what: (&str, &str)) {
        (0..count).for_each(|nth| self.add(from + nth * 5, who, what, 200));
    }

    /// What a person is asked to look at.
    fn told(mut self) -> Vec<Incident> {
        self.0.sort();
        let found = Log::of(&[self.0.into_iter().map(|(_, line)| line).collect::<String>()]).judged();
        let is_told = |one: &Incident| one.suppressed_by.is_none() && one.severity >= Severity::Medium;
        found.into_iter().filter(|one| is_told(one) && one.kinds.contains(&Kind::TokenAbuse)).collect()
    }
}

#[track_caller]
fn is_told(log: Written, about: &str) {
    let told = log.told();
    assert!(told.len() == 1 && text(&told).contains(about), "{}", text(&told));
}

#[track_caller]
fn is_silent(log: Written) {
    let told = log.told();
    assert!(told.is_empty(), "{}", text(&told));
}

#[test]
fn a_session_in_two_places_at_once_is_stolen_and_a_roaming_phone_is_not() {
    let owner = person(5);
    let thief =
        owner.at("198.51.100.20", "Mozilla/5.0 (Windows NT 10.0; rv:102.0) Gecko/20100101 Firefox/102.0");
    let mut log = Written::people();
    log.burst(22_600, &thief, 12, ("GET", "/account"));
    is_told(log, "198.51.100.20");
    // The same browser on another network.
    let mut log = Written::people();
    log.burst(22_600, &owner.at("198.51.100.20", &owner.agent), 12, ("GET", "/account"));
    is_silent(log);
    // Another program in the same house.
    let mut log = Written::people();
    log.burst(22_600, &owner.at(&owner.ip, &thief.agent), 12, ("GET", "/account"));
    is_silent(log);
    // Who comes only after the owner has gone may be the owner, on the way home with another device.
    let mut log = Written::people();
    log.burst(60_000, &thief, 12, ("GET", "/account"));
    is_silent(log);
}

#[test]
fn where_many_sessions_are_in_two_places_a_server_asks_on_their_behalf() {
    let mut log = Written::people();
    for nth in 0..40 {
        let server = person(nth).at("198.51.100.80", "render/3.1");
        log.burst(20_900 + nth * 311, &server, 12, ("GET", "/orders"));
    }
    is_silent(log);
}

#[test]
fn without_agents_owner_and_thief_must_take_turns() {
    let log = |step: u64, ip: &str| {
        let mut log = Written::default();
        for nth in 0..90 {
            log.works(20_000 + nth * 311, &person(nth).at(&person(nth).ip, ""));
        }
        let thief = person(5).at(ip, "");
        (0..20).for_each(|nth| log.add(22_600 + nth * step, &thief, ("GET", "/account"), 200));
        log
    };
    is_told(log(100, "198.51.100.20"), "198.51.100.20");
    // All of it between two requests of the owner's: a phone that left the house and came back.
    is_silent(log(5, "198.51.100.20"));
    // A provider with several networks.
    is_silent(log(100, "203.0.199.20"));
}

#[test]
fn a_machines_key_in_other_hands_is_told_and_its_own_growth_is_not() {
    let owner = machine(7);
    let thief = owner.at("198.51.100.20", "curl/8.5.0");
    let mut log = Written::machines();
    log.burst(40_000, &thief, 80, ("POST", "/v1/refunds"));
    is_told(log, "svc-7");
    // The same program at another network: more of the same machine.
    let mut log = Written::machines();
    log.burst(40_000, &owner.at("198.51.100.20", &owner.agent), 80, ("POST", "/v1/refunds"));
    is_silent(log);
    // From inside: somebody of the house.
    let mut log = Written::machines();
    log.burst(40_000, &owner.at("10.4.0.9", "curl/8.5.0"), 80, ("POST", "/v1/refunds"));
    is_silent(log);
    // A look at what the key can do.
    let mut log = Written::machines();
    log.burst(40_000, &thief, 9, ("POST", "/v1/refunds"));
    is_silent(log);
    // The machine moved: it never comes back.
    let mut log = Written::machines();
    log.0.retain(|(second, line)| *second < 40_000 || !line.contains("\"svc-7\""));
    log.burst(40_000, &thief, 80, ("POST", "/v1/orders"));
    is_silent(log);
}

#[test]
fn a_key_that_spreads_is_told_and_one_that_many_use_by_design_is_not() {
    let silent = |who: Who| Who { agent: String::new(), ..who };
    let log = |from: u64, nets: &dyn Fn(u64) -> String| {
        let mut log = Written::default();
        (0..50).for_each(|nth| log.runs(&silent(machine(nth)), 600 + nth * 13));
        for nth in 0..900 {
            let one = silent(machine(7)).at(&nets(nth), "");
            log.add(from + nth * 20, &one, ("POST", "/v1/orders"), 200);
        }
        log
    };
    let anywhere = |nth: u64| format!("{}.{}.3.4", 30 + nth % 60, nth % 60);
    is_told(log(40_000, &anywhere), "svc-7");
    is_silent(log(100, &anywhere));
    // A service that scales within its cloud.
    is_silent(log(40_000, &|nth| format!("198.51.{}.4", nth % 60)));
}
