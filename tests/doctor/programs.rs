//! What the gateways themselves say to the configurations that doctor prints, where they are installed.

use std::process::Command;

use super::gateway;

/// Whether `program`, which is mostly installed beside gateways only, takes a configuration; `None` where it is not installed.
fn takes(program: &str, words: &[&str]) -> Option<Result<(), String>> {
    let output = match Command::new(program).args(words).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("SKIPPED: {program}: {error}");
            return None;
        }
    };
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Some(if output.status.success() { Ok(()) } else { Err(said) })
}

#[test]
fn nginx_and_haproxy_take_what_they_are_told_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let of_nginx = gateway("nginx").config.replace("/var/log/nginx/access.log", &path("access.log"));
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary = kinds.map(|kind| format!("{kind}_temp_path {};\n", path(kind))).concat();
    let of_haproxy = gateway("HAProxy").config;
    for (program, config, words) in [
        (
            "nginx",
            format!(
                "pid {};\nerror_log {};\nevents {{}}\nhttp {{\n{temporary}{of_nginx}\n}}\n",
                path("pid"),
                path("error.log")
            ),
            &["-t", "-c"][..],
        ),
        (
            "haproxy",
            format!(
                "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n\
                 frontend www\n  bind 127.0.0.1:8080\n{of_haproxy}\n  default_backend api\nbackend api\n"
            ),
            &["-c", "-f"],
        ),
    ] {
        let place = path(&format!("{program}.conf"));
        std::fs::write(&place, &config).unwrap();
        if let Some(taken) = takes(program, &[words, &[place.as_str()]].concat()) {
            assert_eq!(taken, Ok(()), "{program}: {config}");
            std::fs::write(
                &place,
                config.replace("log_format", "log_formats").replace("log-format", "log-formats"),
            )
            .unwrap();
            let broken = takes(program, &[words, &[place.as_str()]].concat());
            assert!(broken.is_some_and(|broken| broken.is_err()), "{program} takes anything");
        }
    }
}
