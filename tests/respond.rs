//! What `gatehound respond` makes of a report: golden lists, nothing that must not be blocked, and nothing of a stranger's in
//! a command. `UPDATE=1 cargo test` writes the expected files; read them.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic, and one that skips says so")]

#[path = "days/mod.rs"]
mod days;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatehound::incident::{Incident, Severity};
use gatehound::request::Trust;
use gatehound::respond::{Means, Plan, TARGETS, Wishes, read_incidents};
use gatehound::time::HOUR;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output")
}

/// The critical and high incidents of a report whose addresses and names are as awkward as they can be.
fn report() -> Value {
    let mut report: Value =
        serde_json::from_slice(&fs::read(folder().join("attacks.json")).unwrap()).unwrap();
    for incident in report["incidents"].as_array_mut().unwrap() {
        (incident["severity"], incident["outcome"]) = ("critical".into(), "succeeded".into());
        incident["confounders"] = json!([]);
        incident.as_object_mut().unwrap().remove("suppressed_by");
        incident["entities"]["source_ips"] = json!([
            "203.0.113.7",
            "2001:db8::7",
            "10.0.0.5",
            "::1",
            "fe80::1",
            "127.0.0.1",
            "173.245.48.9",
            "192.0.2.66",
            "scanner.example",
            "$(reboot)\n",
        ]);
        incident["impact"]["compromised_users"] =
            json!(["amy", "=cmd|' /C calc'!A0", "x\r\n\"y\"", "`reboot`"]);
        incident["entities"]["tokens"] = json!(["h:c1f09ab2d3e4f567"]);
    }
    report
}

fn incidents(report: &Value) -> Vec<Incident> {
    read_incidents(report.to_string().as_bytes()).unwrap()
}

fn wishes() -> Wishes {
    let allow = Trust::new(&["192.0.2.0/24".to_owned()]).unwrap();
    Wishes { least: Severity::High, lasts: 24 * HOUR, allow, shared: false }
}

#[test]
fn every_target_looks_as_it_was_read() {
    let plan = Plan::new(&incidents(&report()), &wishes());
    for target in TARGETS {
        let text = target.write(&plan);
        let path = folder().join(format!("respond.{}", target.name));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{}", target.name);
    }
}

#[test]
fn what_must_not_be_blocked_is_left_out_and_told() {
    let plan = Plan::new(&incidents(&report()), &wishes());
    let blocked: Vec<String> = plan.entries.iter().map(|entry| entry.address.to_string()).collect();
    assert_eq!(blocked, ["203.0.113.7", "2001:db8::7"]);
    for left_out in ["10.0.0.5", "::1", "127.0.0.1", "173.245.48.9", "192.0.2.66", "scanner.example"] {
        assert!(plan.left_out.iter().any(|(what, _)| what == left_out), "{left_out}: {:?}", plan.left_out);
    }
    for target in TARGETS {
        let text = target.write(&plan);
        let text: String = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(
            !text.contains("10.0.0.5") && !text.contains("$(") && !text.contains("\nreboot"),
            "{}",
            target.name
        );
    }
}

#[test]
fn each_address_stands_with_its_incident_its_reason_and_its_end() {
    let plan = Plan::new(&incidents(&report()), &wishes());
    assert_eq!(plan.entries.len(), 2);
    for target in TARGETS.iter().filter(|target| target.means == Means::Addresses) {
        let text = target.write(&plan);
        for entry in &plan.entries {
            let why = text.matches(&entry.why.text()).count();
            assert!(why > 0, "{} does not say why {} is in it", target.name, entry.address);
            let ends = [entry.until.rfc3339(0), "timeout 86400".to_owned(), "\"24h\"".to_owned()];
            assert!(ends.iter().any(|end| text.contains(end)), "{} has no end", target.name);
        }
    }
}

#[test]
fn time_outs_are_as_long_as_the_user_wants() {
    let plan = Plan::new(&incidents(&report()), &Wishes { lasts: 2 * HOUR, ..wishes() });
    let list = |name: &str| TARGETS.iter().find(|target| target.name == name).unwrap().write(&plan);
    assert!(list("nftables").contains("203.0.113.7 timeout 7200s"), "{}", list("nftables"));
    assert!(list("ipset").contains("203.0.113.7 timeout 7200 "), "{}", list("ipset"));
    assert!(list("crowdsec").contains("\"2h\""), "{}", list("crowdsec"));
}

#[test]
fn a_shared_address_and_a_mild_or_suppressed_incident_are_left_alone() {
    let mut shared = report();
    for incident in shared["incidents"].as_array_mut().unwrap() {
        incident["confounders"] = json!([{ "name": "shared-address", "score": 0.4, "reason": "many" }]);
    }
    assert!(Plan::new(&incidents(&shared), &wishes()).entries.is_empty());
    assert_eq!(Plan::new(&incidents(&shared), &Wishes { shared: true, ..wishes() }).entries.len(), 2);
    let mut mild = report();
    for incident in mild["incidents"].as_array_mut().unwrap() {
        incident["severity"] = "medium".into();
    }
    let plan = Plan::new(&incidents(&mild), &wishes());
    assert!(plan.entries.is_empty() && plan.accounts.is_empty() && plan.tokens.is_empty());
}

/// Whether a program takes a file that holds `text`; `None`, loudly, where it is not there or may not run.
fn takes(program: &str, arguments: &[&str], text: &str) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let arguments = arguments.iter().map(|argument| argument.replace("FILE", path));
    // A network of its own: nothing of this machine is touched, whatever a list says.
    let run = Command::new("unshare")
        .args(["-rn", program])
        .args(arguments)
        .stdin(fs::File::open(path).unwrap())
        .stdout(Stdio::piped())
        .output();
    let told = run
        .as_ref()
        .map_or_else(ToString::to_string, |run| String::from_utf8_lossy(&run.stderr).into_owned());
    let refused =
        ["not permitted", "No such file or directory", "not found", "denied", "Cannot open netlink"];
    if run.is_err() || refused.iter().any(|word| told.contains(word)) {
        eprintln!("SKIPPED: {program}: {}", told.lines().next().unwrap_or(""));
        return None;
    }
    // In a namespace nginx may not give its folders away, but by then it has read the file.
    let took = run.unwrap().status.success() || told.contains("syntax is ok");
    if !took {
        eprintln!("{program}: {told}\n{text}");
    }
    Some(took)
}

#[test]
fn the_programs_that_carry_it_out_take_the_lists() {
    take(&Plan::new(&incidents(&report()), &wishes()));
}

#[test]
fn the_programs_that_carry_it_out_take_the_lists_of_whole_days() {
    for (day, report) in days::reports() {
        let plan = Plan::new(&incidents(&report), &Wishes { least: Severity::Low, shared: true, ..wishes() });
        let families =
            [true, false].map(|v4| plan.entries.iter().filter(|one| one.address.is_ipv4() == v4).count());
        assert!(families.iter().all(|addresses| *addresses > 0), "{day}: {families:?}");
        eprintln!("{day}: {families:?} addresses");
        take(&plan);
    }
}

/// Every program that is there takes its list of `plan`.
fn take(plan: &Plan) {
    let list = |name: &str| TARGETS.iter().find(|target| target.name == name).unwrap().write(plan);
    let nginx = |inside: &str| {
        format!(
            "daemon off;\npid /tmp/gatehound-test.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{inside}\n}}\n"
        )
    };
    let acl = tempfile::NamedTempFile::new().unwrap();
    fs::write(acl.path(), list("haproxy")).unwrap();
    let haproxy = format!(
        "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nfrontend f\n bind 127.0.0.1:18080\n \
         http-request deny if {{ src -f {} }}\n",
        acl.path().display()
    );
    for (program, arguments, text) in [
        ("nft", &["-c", "-f", "FILE"][..], list("nftables")),
        ("ipset", &["restore"][..], list("ipset")),
        ("iptables-restore", &["--test"][..], list("iptables")),
        ("nginx", &["-t", "-c", "FILE"][..], nginx(&format!("server {{\n{}}}", list("nginx")))),
        ("nginx", &["-t", "-c", "FILE"][..], nginx(&list("nginx-geo"))),
        ("haproxy", &["-c", "-f", "FILE"][..], haproxy),
    ] {
        assert_ne!(takes(program, arguments, &text), Some(false), "{program}");
    }
}

/// What the rehearsal says of the shipped day: the columns of each incident, and the last line.
fn rehearse(target: &str, more: &[&str]) -> (Vec<Vec<String>>, String) {
    let sample = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    let folder = tempfile::tempdir().unwrap();
    let (report, log) = (folder.path().join("r.json"), sample("day.log.zst"));
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_gatehound")).args(words).env_clear().output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["scan", "-q", log.to_str().unwrap(), "-o", report.to_str().unwrap()]);
    let mut words =
        vec!["respond", report.to_str().unwrap(), "--target", target, "--simulate", log.to_str().unwrap()];
    words.extend(more);
    let page = run(&words);
    let rows = page.lines().filter(|line| line.starts_with("gh-"));
    let rows = rows.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    (rows, page.lines().last().unwrap().to_owned())
}

#[test]
fn a_rehearsal_tells_how_much_of_each_attack_is_stopped_and_who_else_is_hit() {
    let (rows, last) = rehearse("nginx", &[]);
    let share = |row: &Vec<String>, nth: usize| row[nth].parse::<f64>().unwrap();
    assert!(rows.len() >= 3);
    for row in &rows {
        assert!(row[2].parse::<u64>().unwrap() > 0, "{row:?}");
        assert!(share(row, 3) > 99.0 && share(row, 5) < share(row, 3), "{row:?}");
    }
    // One of the accounts that were opened is used by its owner as well.
    assert!(last.starts_with("Accounts hit that no incident names: 1,"), "{last}");
    let (allowed, _) = rehearse("nginx", &["--allow", "0.0.0.0/0"]);
    assert!(allowed.iter().all(|row| share(row, 3) < 99.0 || row[1] != "credential-stuffing"), "{allowed:?}");
    let (accounts, _) = rehearse("accounts", &[]);
    let stuffing = accounts.iter().find(|row| row[1] == "credential-stuffing").unwrap();
    assert!(share(stuffing, 3) < 50.0, "closing accounts does not stop tries: {stuffing:?}");
}
