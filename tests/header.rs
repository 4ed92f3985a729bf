//! The committed header is what the pinned cbindgen makes of the exports. `make header` writes it anew.

use std::fs;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include/sidekick.h");

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = fs::read_to_string(env!("SIDEKICK_GENERATED_HEADER")).expect("the build wrote it");
    if std::env::var_os("SIDEKICK_WRITE_HEADER").is_some() {
        fs::write(COMMITTED, &generated).expect("include/ can be written");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == generated, "include/sidekick.h is out of date: run `make header` and commit it");
}
