//! From names to sources.

use super::*;

/// What `names` below `folder` lead to: paths without the folder, and problems as `path: message`, fatal ones with `!`.
fn names(folder: &TempDir, names: &[&str]) -> (Vec<String>, Vec<String>) {
    let short = |path: &Path| path.strip_prefix(folder.path()).unwrap_or(path).display().to_string();
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
    let (sources, problems) = find(&paths, &Limits::default());
    for (nth, source) in sources.iter().enumerate() {
        assert_eq!(source.id.index(), nth);
    }
    let sources = sources.iter().map(|source| short(&source.path)).collect();
    let mark = |fatal| if fatal { "!" } else { "" };
    let told = |p: &Problem| {
        format!(
            "{}{}: {}",
            mark(p.fatal),
            short(&p.path),
            p.message.replace(&folder.path().display().to_string(), "")
        )
    };
    (sources, problems.iter().map(told).collect())
}

fn logs() -> TempDir {
    let folder = folder();
    for name in ["b.log", "a.log", "sub/c.log", "sub/deep/d.log.1", "sub/.hidden", "x[1].log"] {
        write(&folder, name, name.as_bytes());
    }
    folder
}

#[test]
fn a_folder_means_all_files_below_it_in_the_order_of_their_paths() {
    let folder = logs();
    let all = ["a.log", "b.log", "sub/.hidden", "sub/c.log", "sub/deep/d.log.1", "x[1].log"];
    let (sources, problems) = names(&folder, &[""]);
    assert_eq!(sources, all);
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        names(&folder, &["sub", "b.log", "a.log"]).0,
        ["a.log", "b.log", "sub/.hidden", "sub/c.log", "sub/deep/d.log.1"]
    );
}

#[test]
fn a_glob_stops_at_slashes_unless_it_has_two_stars() {
    let folder = logs();
    assert_eq!(names(&folder, &["*.log"]).0, ["a.log", "b.log", "x[1].log"]);
    assert_eq!(names(&folder, &["*/*.log"]).0, ["sub/c.log"]);
    assert_eq!(
        names(&folder, &["**/*.log*"]).0,
        ["a.log", "b.log", "sub/c.log", "sub/deep/d.log.1", "x[1].log"]
    );
    assert_eq!(names(&folder, &["sub/d*"]).0, ["sub/deep/d.log.1"]);
    assert_eq!(names(&folder, &["{a,b}.log"]).0, ["a.log", "b.log"]);
}

#[test]
fn a_name_that_exists_is_no_glob() {
    assert_eq!(names(&logs(), &["x[1].log"]).0, ["x[1].log"]);
}

#[test]
fn names_that_lead_nowhere_are_told_and_fatal() {
    let folder = logs();
    fs::create_dir(folder.path().join("void")).unwrap();
    let (sources, problems) = names(&folder, &["a.log", "no.log", "*.gz", "void", "gone/*"]);
    assert_eq!(sources, ["a.log"]);
    assert_eq!(
        problems,
        [
            "!*.gz: no file matches",
            "!gone/*: no file matches",
            "!no.log: No such file or directory (os error 2)",
            "!void: no file in this folder",
        ]
    );
}

#[test]
fn a_file_with_two_names_is_read_under_the_first() {
    let folder = logs();
    fs::hard_link(folder.path().join("b.log"), folder.path().join("hard.log")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("b.log", folder.path().join("soft.log")).unwrap();
    let (sources, problems) = names(&folder, &["soft.log", "hard.log", "b.log", "b.log"]);
    assert_eq!(sources, ["b.log"]);
    assert_eq!(
        problems,
        [
            "b.log: named more than once; read once",
            "hard.log: the same file as /b.log; read once",
            "soft.log: the same file as /b.log; read once",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_followed_but_not_in_circles() {
    let folder = logs();
    std::os::unix::fs::symlink("../../a.log", folder.path().join("sub/deep/link.log")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("sub/deep/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("sub/deep/void")).unwrap();
    let (sources, problems) = names(&folder, &["sub"]);
    assert_eq!(sources, ["sub/.hidden", "sub/c.log", "sub/deep/d.log.1", "sub/deep/link.log"]);
    assert_eq!(
        problems,
        [
            "sub/deep/up: a link to a folder above it; not followed",
            "sub/deep/void: No such file or directory (os error 2)",
        ]
    );
}

#[test]
fn what_we_wrote_ourselves_is_read_only_by_name() {
    let folder = logs();
    write(&folder, "sub/report.json", b"{\"schema\":\"gatehound.incidents.v1\"}\n");
    let (sources, problems) = names(&folder, &["sub/*.*"]);
    assert_eq!(sources, ["sub/.hidden", "sub/c.log"]);
    assert_eq!(problems, ["sub/report.json: written by gatehound; not read"]);
    assert_eq!(names(&folder, &["sub/report.json"]).0, ["sub/report.json"]);
}

#[test]
fn a_head_is_decoded_and_short_where_the_source_is() {
    let folder = folder();
    let content = b"0123456789".repeat(30_000);
    for (name, bytes) in [("a", content.clone()), ("b", gzip(&content))] {
        let source = &found(&[write(&folder, name, &bytes)])[0];
        assert_eq!(source.head(12).unwrap(), b"012345678901");
        assert_eq!(source.head(usize::MAX).unwrap(), content);
    }
}
