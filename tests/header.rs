//! The committed header is what the pinned cbindgen makes of the exports, and the files for other languages are
//! what is made of it. `make header` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const GENERATED: &str = env!("SIDEKICK_GENERATED");

#[test]
fn the_committed_files_are_the_generated_ones() {
    let mut paths = Vec::new();
    collect(Path::new(GENERATED), &mut paths);
    assert!(paths.len() > 5, "the build wrote them");
    for generated in paths {
        let name = generated.strip_prefix(GENERATED).expect("it is below the folder");
        check(&generated, name);
    }
}

fn check(generated: &Path, name: &Path) {
    let generated = fs::read_to_string(generated).expect("the build wrote it");
    let committed = Path::new(ROOT).join(name);
    if std::env::var_os("SIDEKICK_WRITE_HEADER").is_some() {
        fs::create_dir_all(committed.parent().expect("a file is in a folder")).expect("it can be made");
        fs::write(&committed, &generated).expect("it can be written");
    }
    let text = fs::read_to_string(&committed).unwrap_or_default();
    assert!(text == generated, "{} is out of date: run `make header` and commit it", name.display());
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the build wrote it") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => collect(&path, paths),
            false => paths.push(path),
        }
    }
}
