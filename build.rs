//! Gives the shared library its soname and, with the feature `header`, has cbindgen write the C header.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    set_soname();
    #[cfg(feature = "header")]
    header::write();
}

/// `libsidekick.so.MAJOR`, and before 1.0 `libsidekick.so.0.MINOR`: a program finds any later library of the same number,
/// and never one whose functions take something else.
fn set_soname() {
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let major = std::env::var("CARGO_PKG_VERSION_MAJOR").unwrap_or_default();
    let minor = std::env::var("CARGO_PKG_VERSION_MINOR").unwrap_or_default();
    let abi = if major == "0" { format!("0.{minor}") } else { major };
    if matches!(system.as_str(), "linux" | "freebsd" | "netbsd" | "openbsd" | "android") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsidekick.so.{abi}");
    }
}

#[cfg(feature = "header")]
mod header {
    use std::env::var;
    use std::path::PathBuf;

    /// Writes `sidekick.h` into the build's own folder; `tests/header.rs` compares it with the committed one.
    pub fn write() {
        println!("cargo:rerun-if-changed=src");
        println!("cargo:rerun-if-changed=cbindgen.toml");
        let root = var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        let mut config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml is well-formed");
        config.after_includes = Some(macros());
        let header = cbindgen::generate_with_config(root, config).expect("the exports can be written as C");
        let path = PathBuf::from(var("OUT_DIR").expect("cargo sets it")).join("sidekick.h");
        header.write_to_file(&path);
        println!("cargo:rustc-env=SIDEKICK_GENERATED_HEADER={}", path.display());
    }

    /// What is no Rust constant: the version, from Cargo.toml alone, and the length that stands for a NUL.
    fn macros() -> String {
        let part = |name: &str| var(format!("CARGO_PKG_VERSION_{name}")).expect("cargo sets it");
        let (major, minor, patch) = (part("MAJOR"), part("MINOR"), part("PATCH"));
        format!(
            r#"
/** The version of this header; `sidekick_version` tells that of the running library. Since 0.1.0. */
#define SIDEKICK_VERSION "{major}.{minor}.{patch}"
/** Its first number: changes when a program may have to. Since 0.1.0. */
#define SIDEKICK_VERSION_MAJOR {major}
/** Its second number: changes when something is added. Since 0.1.0. */
#define SIDEKICK_VERSION_MINOR {minor}
/** Its third number: changes when something is mended. Since 0.1.0. */
#define SIDEKICK_VERSION_PATCH {patch}

/** As the length of a text: it goes up to its NUL. Since 0.1.0. */
#define SIDEKICK_NUL ((size_t)-1)
"#
        )
    }
}
