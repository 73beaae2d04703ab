//! Packed sources: all members, by magic bytes, within bounds.

use super::*;

fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut to = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    to.write_all(content).unwrap();
    to.finish().unwrap()
}

fn xz(content: &[u8]) -> Vec<u8> {
    let mut to = liblzma::write::XzEncoder::new(Vec::new(), 1);
    to.write_all(content).unwrap();
    to.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(Encoding, Pack); 4] =
    [(Encoding::Gzip, gzip), (Encoding::Zstd, zstd), (Encoding::Bzip2, bzip2), (Encoding::Xz, xz)];

fn lines(count: usize) -> Vec<u8> {
    (0..count).flat_map(|nth| format!("{nth} GET /path/{}\n", nth * 7919 % 1000).into_bytes()).collect()
}

fn read_one(packed: &[u8], limits: Limits) -> (Encoding, Vec<Placed>, Outcome) {
    let folder = folder();
    let sources = found(&[write(&folder, "no-telling-name", packed)]);
    let (mut records, mut outcomes) = read(&sources, limits, 4000, 2);
    (sources[0].encoding, records.remove(0), outcomes.remove(0))
}

#[test]
fn every_member_is_read_even_where_a_line_goes_over_the_border() {
    let content = lines(20_000);
    for (encoding, pack) in PACKERS {
        let packed: Vec<u8> = content.chunks(70_001).flat_map(pack).collect();
        let (recognised, records, outcome) = read_one(&packed, Limits::default());
        assert_eq!(recognised, encoding);
        assert_eq!(records, split(&content, 1000), "{encoding:?}");
        assert!(outcome.complete);
        assert_eq!((outcome.bytes, outcome.read), (content.len() as u64, packed.len() as u64));
        assert_eq!(outcome.note, None);
    }
}

#[test]
fn members_of_several_packers_may_follow_each_other() {
    let content = lines(5000);
    let packed: Vec<u8> =
        content.chunks(30_000).zip(PACKERS.iter().cycle()).flat_map(|(part, p)| p.1(part)).collect();
    assert_eq!(read_one(&packed, Limits::default()).1, split(&content, 1000));
}

#[test]
fn padding_is_silent_and_garbage_after_the_last_member_is_noted() {
    let content = lines(10);
    for (encoding, pack) in PACKERS {
        let padded = [pack(&content), vec![0; 8]].concat();
        let (_, records, outcome) = read_one(&padded, Limits::default());
        assert_eq!((records, outcome.note), (split(&content, 1000), None), "{encoding:?}");
        let trailed = [pack(&content), b"garbage".to_vec()].concat();
        let (_, records, outcome) = read_one(&trailed, Limits::default());
        assert_eq!(records, split(&content, 1000), "{encoding:?}");
        assert!(outcome.complete && outcome.note.unwrap().starts_with("what follows the last"));
    }
}

#[test]
fn a_skippable_frame_in_front_hides_nothing() {
    let frame = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    let (encoding, records, outcome) = read_one(&[&frame[..], &zstd(b"a\nb\n")].concat(), Limits::default());
    assert_eq!((encoding, records), (Encoding::Zstd, split(b"a\nb\n", 9)));
    assert!(outcome.complete);
}

#[test]
fn a_truncated_archive_gives_what_stands_before_the_break() {
    let content = lines(200_000);
    for (encoding, pack) in PACKERS {
        let packed = pack(&content);
        let (_, records, outcome) = read_one(&packed[..packed.len() * 2 / 3], Limits::default());
        assert!(!outcome.complete);
        assert_eq!(outcome.note.as_deref(), Some("unexpected end of file"), "{encoding:?}");
        let kept = usize::try_from(outcome.bytes).unwrap();
        assert!(content.len() / 3 < kept && kept < content.len(), "{encoding:?}: {kept}");
        assert_eq!(records, split(&content[..kept], 1000), "{encoding:?}");
    }
}

#[test]
fn a_damaged_archive_breaks_at_the_same_place_for_any_block_size() {
    let content = lines(200_000);
    for (encoding, pack) in PACKERS {
        let mut packed = pack(&content);
        let middle = packed.len() / 2;
        packed[middle..middle + 40].fill(0xff);
        let folder = folder();
        let sources = found(&[write(&folder, "a", &packed)]);
        let whole = read(&sources, Limits::default(), usize::MAX, 1);
        assert!(!whole.1[0].complete && whole.1[0].note.is_some(), "{encoding:?}");
        assert!(read(&sources, Limits::default(), 3001, 3) == whole, "{encoding:?}");
        assert!(read(&sources, Limits::default(), 100_000, 2) == whole, "{encoding:?}");
    }
}

#[test]
fn a_bomb_ends_at_the_bound_and_says_so() {
    let bomb = zstd(&vec![b'a'; 80 << 20]);
    let (_, _, outcome) = read_one(&bomb, Limits::default());
    assert!(!outcome.complete);
    assert_eq!(outcome.bytes, 64 << 20);
    assert_eq!(outcome.note.as_deref(), Some("expands to more than 67108864 bytes; the rest was left"));
    let limits = Limits { expanded_bytes: 1000, ..Limits::default() };
    assert_eq!(read_one(&gzip(&lines(1000)), limits).2.bytes, 1000);
}

#[test]
fn a_member_may_begin_anywhere_in_a_buffer() {
    let padded = |name: usize| {
        let builder = flate2::GzBuilder::new().filename(vec![b'x'; name]);
        let mut to = builder.write(Vec::new(), flate2::Compression::none());
        // The name of a member is bounded, so most of the length is content.
        to.write_all(&b"12345678\n".repeat(7000)).unwrap();
        to.finish().unwrap()
    };
    let bare = padded(1).len() - 1;
    for before in 0..12 {
        let first = padded((64 << 10) - before - bare);
        assert_eq!(first.len(), (64 << 10) - before);
        let (_, records, outcome) = read_one(&[first, gzip(b"last\n")].concat(), Limits::default());
        assert_eq!(records.last().unwrap(), &(63_000, b"last".to_vec()), "{before} bytes before the border");
        assert_eq!(outcome.note, None);
    }
}
