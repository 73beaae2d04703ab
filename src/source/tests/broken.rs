//! Bad input: nothing that could be read is lost.

use super::*;

#[test]
fn a_line_without_end_costs_its_rest_and_no_memory() {
    let folder = folder();
    let content = [b"first\n".to_vec(), vec![b'x'; 8 << 20], b"\nlast".to_vec()].concat();
    let plain = write(&folder, "a.log", &content);
    let packed = write(&folder, "b.log.gz", &gzip(&content));
    let limits = Limits { line: 1000, ..Limits::default() };
    let sources = found(&[plain, packed]);
    let (records, outcomes) = read(&sources, limits, 100_000, 2);
    for (records, outcome) in records.iter().zip(&outcomes) {
        assert_eq!(records, &split(&content, 1000));
        assert_eq!((outcome.cut, &outcome.cut_at[..]), (1, &[6][..]));
        assert!(outcome.complete);
    }
    let feed = Feed::new(&sources, limits, 100_000).unwrap();
    while let Some(block) = feed.next() {
        assert!(block.unwrap().padded().0.len() < 300_000);
    }
}

#[test]
fn binary_garbage_and_an_empty_file_are_read_like_anything_else() {
    let folder = folder();
    let garbage: Vec<u8> = (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let sources = found(&[write(&folder, "a", &garbage), write(&folder, "b", b"")]);
    let (records, outcomes) = read(&sources, Limits::default(), 512, 2);
    assert_eq!(records, [split(&garbage, 1 << 20), Vec::new()]);
    assert!(outcomes.iter().all(|outcome| outcome.complete && outcome.note.is_none()));
}

#[test]
fn a_file_of_tables_is_no_log_and_says_what_to_do() {
    let folder = folder();
    let parquet = write(&folder, "logs/a.parquet", b"PAR1\x15\x04\nmore PAR1");
    let log = write(&folder, "logs/b.log", b"PAR2 is a line\n");
    let (sources, problems) = find(&[&parquet], &Limits::default());
    assert!(sources.is_empty() && problems[0].fatal);
    assert!(problems[0].message.starts_with("a Parquet file"), "{}", problems[0].message);
    // Beside logs it is only told.
    let (sources, problems) = find(&[log.parent().unwrap()], &Limits::default());
    assert_eq!((sources.len(), problems.len(), problems[0].fatal), (1, 1, false));
}

#[test]
fn a_log_that_shrinks_under_us_gives_what_is_left() {
    let folder = folder();
    let path = write(&folder, "a.log", &b"0123456\n".repeat(1000));
    let sources = found(&[&path]);
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(4003).unwrap();
    let (records, outcomes) = read(&sources, Limits::default(), 100, 2);
    assert_eq!(records[0].len(), 501);
    assert_eq!(records[0][500], (4000, b"012".to_vec()));
    assert!(!outcomes[0].complete);
    assert_eq!(outcomes[0].note.as_deref(), Some("shrank while it was read"));
}

#[test]
fn what_is_appended_after_the_start_is_left_for_the_next_run() {
    let folder = folder();
    let path = write(&folder, "a.log", b"one\ntwo\n");
    let sources = found(&[&path]);
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"three\n").unwrap();
    let (records, outcomes) = read(&sources, Limits::default(), 5, 1);
    assert_eq!(records[0], split(b"one\ntwo\n", 9));
    assert!(outcomes[0].complete);
}

#[test]
fn a_log_that_is_rotated_between_two_looks_is_read_to_its_end() {
    let folder = folder();
    let path = write(&folder, "a.log", b"one\ntwo\n");
    let sources = found(&[&path]);
    fs::rename(&path, folder.path().join("a.log.1")).unwrap();
    write(&folder, "a.log", b"new\n");
    assert_eq!(read(&sources, Limits::default(), 5, 1).0[0], split(b"one\ntwo\n", 9));
    assert_eq!(
        fetch(&sources, &[(SourceId(0), 4)], &Limits::default(), &Milestones::default())[0]
            .as_ref()
            .unwrap()
            .bytes,
        b"two"
    );
}

#[test]
fn a_file_that_is_gone_is_an_error_and_the_others_are_read() {
    let folder = folder();
    let mut sources = found(&[write(&folder, "a", &b"a\n".repeat(1000)), write(&folder, "b", b"b\n")]);
    sources[0].origin = match &sources[0].origin {
        Origin::Held(disk) => Origin::Named(disk.identity(&sources[0].path).unwrap()),
        other => panic!("{other:?}"),
    };
    fs::remove_file(&sources[0].path).unwrap();
    let feed = Feed::new(&sources, Limits::default(), 10).unwrap();
    let all: Vec<Result<Block, Error>> = std::iter::from_fn(|| feed.next()).collect();
    assert_eq!(all.iter().filter(|block| block.is_err()).count(), 1);
    assert_eq!(
        all.into_iter().filter_map(Result::ok).map(|block| block.bytes().to_vec()).collect::<Vec<_>>(),
        [b"b\n"]
    );
    let outcomes = feed.outcomes();
    assert_eq!((outcomes[0].complete, outcomes[1].complete), (false, true));
}

#[test]
fn another_file_under_the_same_name_is_not_taken_for_the_one_that_was_found() {
    let folder = folder();
    let path = write(&folder, "a", b"old\n");
    let mut sources = found(&[&path]);
    let Origin::Held(disk) = &sources[0].origin else { panic!("a file is held open") };
    let named = Origin::Named(disk.identity(&path).unwrap());
    // The old file stays, else the new one might get its number.
    fs::rename(&path, folder.path().join("b")).unwrap();
    write(&folder, "a", b"new\n");
    sources[0].origin = named;
    assert!(sources[0].head(3).unwrap_err().to_string().ends_with("another file has taken its place"));
    assert_eq!(fetch(&sources, &[(SourceId(0), 0)], &Limits::default(), &Milestones::default()), [None]);
}
