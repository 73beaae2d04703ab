//! Records are found again by their place, in files, archives and pipes.

use super::*;

/// Lines of many lengths, some far apart.
fn content() -> Vec<u8> {
    (0..60_000_usize).flat_map(|nth| format!("{nth}{}\n", "-".repeat(nth * 31 % 90)).into_bytes()).collect()
}

/// Fetches every 997th record, the first and the last, from `sources`; the order is not the place's. Files are
/// also read in blocks of several sizes first, from whose beginnings lines are then counted.
fn check(sources: &[Source], content: &[u8], limits: &Limits) {
    let records = split(content, limits.line);
    let picked: Vec<usize> =
        (0..records.len()).step_by(997).chain([records.len() - 1]).rev().chain([5]).collect();
    // A pipe is read only once.
    let is_file = |source: &Source| source.is_positional();
    let sizes: &[usize] = if sources.iter().any(is_file) { &[1 << 10, 1 << 16, usize::MAX] } else { &[] };
    let read = sizes.iter().map(|&block_size| milestones(sources, limits, block_size));
    for milestones in read.chain([Milestones::default()]) {
        for source in sources {
            let wanted: Vec<(SourceId, u64)> =
                picked.iter().map(|&nth| (source.id, records[nth].0)).collect();
            let fetched = fetch(sources, &wanted, limits, &milestones);
            for (fetched, &nth) in fetched.into_iter().zip(&picked) {
                let (bytes, line) = (records[nth].1.clone(), nth as u64 + 1);
                let expected = Record { bytes, line, directives: std::sync::Arc::default() };
                assert_eq!(fetched, Some(expected), "record {nth} of {}", source.path.display());
            }
        }
    }
}

/// What is known of the lines once all is read.
fn milestones(sources: &[Source], limits: &Limits, block_size: usize) -> Milestones {
    let feed = Feed::new(sources, *limits, block_size).unwrap();
    while let Some(block) = feed.next() {
        let block = block.unwrap();
        feed.passed(&block, block.records().count() as u64);
    }
    feed.milestones()
}

#[test]
fn a_record_is_found_again_with_its_line() {
    let folder = folder();
    let content = content();
    let sources = found(&[write(&folder, "a", &content), write(&folder, "b", &gzip(&content))]);
    check(&sources, &content, &Limits::default());
    check(&sources, &content, &Limits { line: 20, ..Limits::default() });
}

#[test]
fn what_is_not_there_is_none() {
    let folder = folder();
    let sources = found(&[write(&folder, "a", b"a\n"), write(&folder, "b", &gzip(b"b\n"))]);
    let wanted = [(SourceId(0), 2), (SourceId(0), 99), (SourceId(1), 2), (SourceId(1), 99), (SourceId(7), 0)];
    assert_eq!(fetch(&sources, &wanted, &Limits::default(), &Milestones::default()), vec![None; 5]);
    let wanted = [(SourceId(1), 0), (SourceId(1), 0), (SourceId(0), 0)];
    assert!(fetch(&sources, &wanted, &Limits::default(), &Milestones::default()).iter().all(Option::is_some));
}

/// A pipe that gives `bytes`.
#[cfg(unix)]
fn pipe(folder: &TempDir, name: &str, bytes: Vec<u8>) -> PathBuf {
    let path = folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let to = path.clone();
    // The reader may stop before the end.
    std::thread::spawn(move || fs::write(to, bytes));
    path
}

#[cfg(unix)]
#[test]
fn a_pipe_is_looked_at_read_whole_and_found_again() {
    let folder = folder();
    let content = content();
    let sources = found(&[pipe(&folder, "a", content.clone()), pipe(&folder, "b", gzip(&content))]);
    assert_eq!((sources[0].encoding, sources[1].encoding), (Encoding::Plain, Encoding::Gzip));
    assert_eq!(sources[1].bytes, None);
    for source in &sources {
        assert_eq!(source.head(100).unwrap(), content[..100]);
        assert_eq!(source.head(200_000).unwrap(), content[..200_000]);
        assert_eq!(source.head(3).unwrap(), content[..3]);
    }
    let (records, outcomes) = read(&sources, Limits::default(), 5000, 3);
    assert_eq!(records, [split(&content, 1000), split(&content, 1000)]);
    assert!(outcomes.iter().all(|outcome| outcome.complete));
    check(&sources, &content, &Limits::default());
    assert!(Feed::new(&sources, Limits::default(), 100).unwrap().next().unwrap().is_err());
}

#[cfg(unix)]
#[test]
fn a_full_spool_keeps_the_beginning_and_says_so() {
    let folder = folder();
    let content: Vec<u8> = (0..400_000_u32)
        .flat_map(|nth| format!("{:08x}\n", nth.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    let sources = found(&[pipe(&folder, "a", content.clone())]);
    let limits = Limits { spool: 1 << 20, ..Limits::default() };
    let (records, outcomes) = read(&sources, limits, 5000, 1);
    assert_eq!(records[0], split(&content, 100));
    assert_eq!(outcomes[0].note.as_deref(), Some("too long to keep a copy: late lines cannot be shown"));
    let last = records[0].len() - 1;
    let wanted = [(SourceId(0), records[0][100].0), (SourceId(0), records[0][last].0)];
    let fetched = fetch(&sources, &wanted, &limits, &Milestones::default());
    assert_eq!(fetched[0].as_ref().unwrap().line, 101);
    assert_eq!(fetched[1], None);
}
