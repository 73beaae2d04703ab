//! Delivery as the command line has it: its words, its secrets, its exit code, what it says.

use std::path::Path;
use std::process::{Command, Output};

use super::receiver::Receiver;

/// gatehound over a log with an attack, with nothing of the user's around it.
fn scan(folder: &Path, words: &[&str], environment: &[(&str, &str)]) -> Output {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/brute-force.log.zst");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehound"));
    command.env_clear().env("HOME", folder).current_dir(folder).args(["scan", log]).args(words);
    command.envs(environment.iter().copied()).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const TOKEN: &str = "5ecretT0ken";

#[test]
fn an_incident_goes_out_once_with_its_secret_and_nobody_sees_that() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_| (200, r#"{"text":"Success","code":0}"#.to_owned()));
    let target = format!("splunk-hec:{}", receiver.url(""));
    let token = folder.path().join("token");
    std::fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let environment = [("GATEHOUND_SPLUNK_HEC_TOKEN_FILE", token.to_str().unwrap())];
    let first = scan(folder.path(), &["-o", &target], &environment);
    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    let requests = receiver.taken();
    assert_eq!(requests[0].headers["authorization"], format!("Splunk {TOKEN}"));
    let event: serde_json::Value = serde_json::from_str(requests[0].body.lines().next().unwrap()).unwrap();
    assert_eq!(event["sourcetype"], "gatehound:finding:json");
    let delivered = requests[0].body.lines().count();
    assert!(err(&first).contains(&format!("http://127.0.0.1:{}: {delivered} delivered", receiver.port)));
    let again = scan(folder.path(), &["-v", "-o", &target], &environment);
    assert_eq!((again.status.code(), receiver.taken().len()), (Some(0), 1), "{}", err(&again));
    for output in [&first, &again] {
        assert!(!err(output).contains(TOKEN) && output.stdout.is_empty());
    }
    let kept =
        Command::new("grep").args(["-r", TOKEN, ".local"]).current_dir(folder.path()).output().unwrap();
    assert!(kept.stdout.is_empty(), "the secret lies in the spool");
}

#[test]
fn what_is_not_delivered_is_told_in_one_line_and_sent_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::simple();
    let target = format!("webhook:{}", receiver.url("/hooks/5ecretT0ken"));
    receiver.kill();
    let words = ["-o", &target, "--deliver-patience", "0", "--spool", "spool", "--summary", "run.json", "-q"];
    let down = scan(folder.path(), &words, &[]);
    assert_eq!(down.status.code(), Some(2));
    let line = err(&down);
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(
        line.contains("not delivered, kept in spool/webhook-127.0.0.1-") && !line.contains(TOKEN),
        "{line}"
    );
    let summary = std::fs::read_to_string(folder.path().join("run.json")).unwrap();
    assert!(summary.contains("not delivered, kept in") && !summary.contains(TOKEN), "{summary}");
    receiver.restart();
    // The next run finds nothing new, and sends what waits.
    let empty = folder.path().join("empty.log");
    std::fs::write(&empty, "").unwrap();
    let up = Command::new(env!("CARGO_BIN_EXE_gatehound"))
        .env_clear()
        .args(["scan", empty.to_str().unwrap()])
        .args(words)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!((up.status.code(), err(&up).as_str()), (Some(0), ""));
    assert!(!receiver.taken().is_empty());
}

#[test]
fn a_secret_in_a_path_and_settings_for_one_receiver_are_used_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    let place = format!("http://127.0.0.1:{}", receiver.port);
    let settings = format!(
        "[[destination]]\nurl = \"{place}/chat\"\ntoken-env = \"CHAT\"\ntemplate = '{{\"content\":\"{{title}}\"}}'\n\
         [[destination]]\nurl = \"{place}\"\ntoken-file = \"pass\"\nauth = \"basic\"\n"
    );
    std::fs::write(folder.path().join("gatehound.toml"), settings).unwrap();
    std::fs::write(folder.path().join("pass"), "user:pass").unwrap();
    let chat = format!("webhook:{place}/chat/{{secret}}/x");
    let other = format!("ndjson:{place}/other");
    let output = scan(folder.path(), &["-o", &chat, "-o", &other], &[("CHAT", TOKEN)]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let taken = receiver.taken();
    let hook =
        taken.iter().find(|one| one.line == format!("POST /chat/{TOKEN}/x HTTP/1.1")).expect("the hook");
    assert!(!hook.headers.contains_key("authorization") && hook.body.starts_with("{\"content\":\""));
    let rest = taken.iter().find(|one| one.line == "POST /other HTTP/1.1").expect("the other");
    assert_eq!(rest.headers["authorization"], "Basic dXNlcjpwYXNz");
    assert!(!err(&output).contains(TOKEN));
}

#[test]
fn a_wrong_word_is_told_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("gatehound.toml"),
        "[[destination]]\nurl = \"https://a.example\"\ntoken-fil = \"x\"\n",
    )
    .unwrap();
    let said = |words: &[&str], environment: &[(&str, &str)]| {
        let output = scan(folder.path(), words, environment);
        assert_eq!(output.status.code(), Some(2));
        err(&output)
    };
    let told = said(&["-o", "cef:syslog+udp://192.0.2.1"], &[]);
    assert!(told.contains(
        "gatehound.toml:3: unknown key of [[destination]] `token-fil`; did you mean `token-file`?"
    ));
    std::fs::remove_file(folder.path().join("gatehound.toml")).unwrap();
    for (target, part) in [
        ("cef:syslog+tpc://192.0.2.1", "unknown kind of address `syslog+tpc`; did you mean `syslog+tcp`?"),
        ("ceff:syslog+tcp://192.0.2.1", "`ceff`; did you mean `cef`?"),
        ("https://h.example/5ecretT0ken", "name the format"),
        ("csv:syslog+tcp://192.0.2.1", "`csv` is one document"),
        ("webhook:https://me:5ecretT0ken@h.example", "no user or password may stand in it"),
        ("slack:https://h.example/{secret}", "there is no secret"),
        ("ntfy:https://h.example", "ends with a topic"),
    ] {
        let told = said(&["-o", target], &[]);
        assert!(told.contains(part) && !told.contains(TOKEN), "{target}: {told}");
    }
    let told = said(&["-o", "webhook:https://h.example"], &[("GATEHOUND_WEBHOOK_TOKEN_FILE", "nowhere")]);
    assert!(told.contains("nowhere: No such file"), "{told}");
}

#[test]
fn sentinel_and_google_are_sent_what_their_interfaces_take() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    let (asim, udm) = (receiver.url("/streams/x?api-version=1"), receiver.url("/events:import"));
    let output = scan(folder.path(), &["-o", &format!("asim:{asim}"), "-o", &format!("udm:{udm}")], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let mut ids = std::collections::BTreeSet::new();
    for request in receiver.taken() {
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(request.headers["content-type"], "application/json");
        if request.line.contains("/streams/x?api-version=1 ") {
            assert_eq!(body.as_array().unwrap().len(), 1, "a request for each alert");
            assert_eq!(body[0]["EventUid"], *request.headers["idempotency-key"]);
            ids.insert(body[0]["EventUid"].as_str().unwrap().to_owned());
        } else {
            let udm = &body["inlineSource"]["events"][0]["udm"];
            assert_eq!(udm["metadata"]["productLogId"], *request.headers["idempotency-key"]);
        }
    }
    assert!(!ids.is_empty() && receiver.taken().len() == 2 * ids.len());
}

#[test]
fn a_scan_that_names_no_receiver_opens_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/brute-force.log.zst");
    let calls = folder.path().join("calls");
    let run = Command::new("strace")
        .args(["-f", "-e", "trace=%network", "-o"])
        .arg(&calls)
        .args([
            env!("CARGO_BIN_EXE_gatehound"),
            "scan",
            "-q",
            log,
            "-o",
            "html:r.html",
            "-o",
            "splunk-hec:r.hec",
        ])
        .current_dir(folder.path())
        .output();
    let Ok(run) = run else {
        eprintln!("SKIPPED: no strace");
        return;
    };
    let traced = std::fs::read_to_string(&calls).unwrap_or_default();
    if !traced.contains("exited with 0") {
        eprintln!("SKIPPED: strace may not trace: {}", String::from_utf8_lossy(&run.stderr));
        return;
    }
    assert!(folder.path().join("r.html").exists());
    for call in ["socket(", "connect(", "bind("] {
        assert!(!traced.contains(call), "{traced}");
    }
}

#[test]
fn no_code_outside_of_this_room_knows_sockets() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("src/deliver") {
                    folders.push(path);
                }
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap_or_default();
            seen += 1;
            for word in
                ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "ToSocketAddrs", "ureq::", "rustls::"]
            {
                assert!(!code.contains(word), "{}: {word}", path.display());
            }
        }
    }
    assert!(seen > 100);
}
