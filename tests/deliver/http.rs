//! Over HTTP every incident arrives, and none twice after de-duplication by id.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use gatehound::deliver::{Delivery, Parcel};

use super::receiver::{Mood, Receiver, Request};
use super::{Dice, delivery, keep, parcels, send};

/// The ids in a body of one JSON object a line.
fn ids(request: &Request) -> Vec<String> {
    let id = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().map(str::to_owned)
    };
    request.body.lines().filter_map(id).collect()
}

fn all_ids(requests: &[Request]) -> Vec<String> {
    requests.iter().flat_map(ids).collect()
}

#[test]
fn every_incident_arrives_though_the_receiver_fails_stalls_duplicates_and_dies_fifty_times() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::simple();
    receiver.misbehave(7);
    let url = receiver.url("/in");
    let to = |patience: u64| Delivery {
        patience: Duration::from_millis(patience),
        ..delivery("ndjson", &url, folder.path())
    };
    let mut sent = 0;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut dice = Dice(42);
            for _ in 0..50 {
                dice.wait(20, 250);
                receiver.kill();
                dice.wait(10, 150);
                receiver.restart();
            }
            receiver.behave();
            done.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            let delivery = to(300);
            keep(&delivery, parcels(sent..sent + 7));
            sent += 7;
            // Whatever comes of it: the next round begins with what is left.
            drop(send(&delivery));
        }
    });
    let told = send(&to(5000));
    assert_eq!((told.waiting, told.refused), (0, 0), "{told:?}");
    let arrived: BTreeSet<String> = all_ids(&receiver.taken()).into_iter().collect();
    let expected: BTreeSet<String> = parcels(0..sent).into_iter().map(|parcel| parcel.id).collect();
    assert_eq!(arrived, expected);
    let mut times = BTreeMap::<String, usize>::new();
    for id in all_ids(&receiver.acknowledged()) {
        *times.entry(id).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "acknowledged and sent again: {twice:?}");
    assert!(receiver.taken().len() > receiver.acknowledged().len(), "the receiver never made us send again");
    let (taken, acknowledged) = (receiver.taken().len(), receiver.acknowledged().len());
    eprintln!("{sent} incidents, {taken} requests taken, {acknowledged} acknowledged");
}

#[test]
fn what_a_receiver_that_is_down_misses_waits_and_is_sent_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::simple();
    let url = receiver.url("/in");
    receiver.kill();
    let to = Delivery { patience: Duration::ZERO, ..delivery("webhook", &url, folder.path()) };
    keep(&to, parcels(0..3));
    keep(&to, parcels(1..4));
    let told = send(&to);
    assert_eq!((told.delivered, told.waiting), (0, 4), "{told:?}");
    assert!(told.why.unwrap().contains("refused"));
    receiver.restart();
    assert_eq!(send(&to).delivered, 4);
    assert_eq!(send(&to).delivered, 0);
    keep(&to, parcels(0..5));
    assert_eq!(send(&to).delivered, 1);
    assert_eq!(all_ids(&receiver.taken()), ["gh-00000", "gh-00001", "gh-00002", "gh-00003", "gh-00004"]);
    let changed = Parcel { mark: "f".repeat(16), ..parcels(0..1).remove(0) };
    keep(&to, vec![changed]);
    assert_eq!(send(&to).delivered, 1, "a grown incident is told again");
    assert_eq!(receiver.taken().last().unwrap().headers["idempotency-key"], "gh-00000");
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    receiver.moods(&[Mood::Status(429, "Retry-After: 1\r\n")]);
    let to = delivery("ndjson", &receiver.url("/"), folder.path());
    keep(&to, parcels(0..1));
    assert_eq!(send(&to).delivered, 1);
    let asked = receiver.asked();
    assert!(asked[1] - asked[0] >= Duration::from_secs(1), "{:?}", asked[1] - asked[0]);

    // More than our patience: the next run will ask, and not before.
    let more = "Date: Tue, 10 Mar 2026 17:00:00 GMT\r\nRetry-After: Tue, 10 Mar 2026 18:00:00 GMT\r\n";
    receiver.moods(&[Mood::Status(503, more)]);
    keep(&to, parcels(1..2));
    let began = Instant::now();
    assert_eq!(send(&to).waiting, 1);
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(receiver.asked().len(), 3);
}

#[test]
fn waits_double_and_are_the_same_in_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    receiver.moods(&[Mood::Status(500, ""); 3]);
    let to = delivery("ndjson", &receiver.url("/"), folder.path());
    keep(&to, parcels(0..1));
    assert_eq!(send(&to).delivered, 1);
    let asked = receiver.asked();
    let waits: Vec<u128> = asked.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    for (wait, least) in waits.iter().zip([250, 500, 1000]) {
        assert!((least..least + 400).contains(wait), "{waits:?}");
    }
}

#[test]
fn the_incident_that_a_receiver_cannot_take_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let picky: fn(&Request) -> (u16, String) = |request| {
        if request.body.contains("incident 5\"") { (400, String::new()) } else { (200, String::new()) }
    };
    let receiver = Receiver::start(picky);
    let to = delivery("ndjson", &receiver.url("/"), folder.path());
    keep(&to, parcels(0..12));
    let told = send(&to);
    assert_eq!((told.delivered, told.refused, told.waiting), (11, 1, 0), "{told:?}");
    let refused = std::fs::read_to_string(told.folder.join("refused.ndjson")).unwrap();
    assert!(refused.contains("gh-00005") && refused.contains("400"), "{refused}");
    assert_eq!(send(&to).refused, 0);
}

#[test]
fn a_receiver_that_refuses_everything_makes_us_drop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (status, requests) in [(400, 10), (401, 1), (301, 1)] {
        let receiver = match status {
            400 => Receiver::start(|_| (400, String::new())),
            401 => Receiver::start(|_| (401, String::new())),
            _ => Receiver::start(|_| (301, String::new())),
        };
        let to = delivery("webhook", &receiver.url("/"), folder.path());
        keep(&to, parcels(0..30));
        let told = send(&to);
        assert_eq!((told.delivered, told.refused, told.waiting), (0, 0, 30), "{told:?}");
        assert_eq!(receiver.taken().len(), requests, "{status}");
    }
}

#[test]
fn two_runs_at_once_send_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    let url = receiver.url("/in");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let to = Delivery {
                    patience: Duration::from_secs(20),
                    ..delivery("webhook", &url, folder.path())
                };
                keep(&to, parcels(0..25));
                assert_eq!(send(&to).waiting, 0);
            });
        }
    });
    let arrived = all_ids(&receiver.taken());
    assert_eq!(arrived.len(), 25, "{arrived:?}");
}

#[test]
fn elastic_is_asked_again_for_the_documents_that_it_had_no_time_for() {
    let folder = tempfile::tempdir().unwrap();
    // Busy for every other document of a long request; one is there already.
    let receiver = Receiver::start(|request| {
        let documents = request.body.lines().count() / 2;
        let status = |nth: usize| match nth {
            0 => 409,
            nth if nth % 2 == 1 && documents > 1 => 429,
            _ => 201,
        };
        let items: Vec<String> =
            (0..documents).map(|nth| format!("{{\"create\":{{\"status\":{}}}}}", status(nth))).collect();
        (200, format!("{{\"errors\":true,\"items\":[{}]}}", items.join(",")))
    });
    let to = Delivery {
        patience: Duration::from_secs(9),
        ..delivery("elastic-bulk", &receiver.url(""), folder.path())
    };
    let two_lines =
        |parcel: Parcel| Parcel { body: format!("{{\"create\":{{}}}}\n{}", parcel.body), ..parcel };
    keep(&to, parcels(0..6).into_iter().map(two_lines).collect());
    assert_eq!(send(&to).delivered, 6);
    let last = receiver.taken().pop().unwrap();
    assert_eq!(last.line, "POST /_bulk HTTP/1.1");
    assert_eq!(last.headers["content-type"], "application/x-ndjson");
    assert!(last.body.ends_with('\n'));
    assert!(receiver.taken().len() > 1);
}

#[test]
fn splunk_is_asked_whether_it_stored_what_it_received() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|request| {
        let is_question = request.line.contains("/services/collector/ack?channel=");
        (
            200,
            if is_question { r#"{"acks":{"7":true}}"# } else { r#"{"text":"Success","code":0,"ackId":7}"# }
                .to_owned(),
        )
    });
    let to = delivery("splunk-hec", &receiver.url(""), folder.path());
    keep(&to, parcels(0..2));
    assert_eq!(send(&to).delivered, 2);
    let taken = receiver.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].line, "POST /services/collector/event HTTP/1.1");
    assert_eq!(taken[1].body, r#"{"acks":[7]}"#);
    assert!(taken[1].line.ends_with(&format!("={} HTTP/1.1", taken[0].headers["x-splunk-request-channel"])));
}

#[test]
fn what_splunk_never_acknowledges_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|request| {
        let is_question = request.line.contains("/ack?");
        (
            200,
            if is_question { r#"{"acks":{"7":false}}"# } else { r#"{"text":"Success","code":0,"ackId":7}"# }
                .to_owned(),
        )
    });
    let to =
        Delivery { patience: Duration::ZERO, ..delivery("splunk-hec", &receiver.url(""), folder.path()) };
    keep(&to, parcels(0..2));
    let told = send(&to);
    assert_eq!((told.delivered, told.waiting), (0, 2), "{told:?}");
}

#[test]
fn templates_and_topics_shape_what_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::simple();
    let template = Some("{\"content\":\"{id}: {title}\"}".to_owned());
    let to = Delivery { template, ..delivery("webhook", &receiver.url("/hook"), folder.path()) };
    keep(&to, parcels(3..4));
    assert_eq!(send(&to).delivered, 1);
    let to = delivery("ntfy", &receiver.url("/sub/siem"), folder.path());
    keep(&to, parcels(3..4));
    assert_eq!(send(&to).delivered, 1);
    let taken = receiver.taken();
    assert_eq!(taken[0].body, r#"{"content":"gh-00003: incident 3"}"#);
    assert_eq!(taken[1].line, "POST /sub HTTP/1.1");
    assert_eq!(taken[1].body, r#"{"id":"gh-00003","title":"incident 3","topic":"siem"}"#);
}
