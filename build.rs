//! Gives the shared library its soname. With the feature `header`, has cbindgen write the C header, and
//! writes the files for other languages from it.

#[cfg(feature = "header")]
#[path = "build/bindings.rs"]
mod bindings;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    set_soname();
    #[cfg(feature = "header")]
    header::write();
}

/// `libsidekick.so.MAJOR`, and before 1.0 `libsidekick.so.0.MINOR`: a program finds any later library of the
/// same number, and never one whose functions take other arguments.
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
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A group of the header: its files in src/, and how the names of its constants begin.
    struct Group {
        name: &'static str,
        files: &'static [&'static str],
        constants: &'static [&'static str],
    }

    /// The groups in the order a user meets them. The first file's head is a group's title and description.
    const GROUPS: &[Group] = &[
        group("version", &["version"], &[]),
        group("open", &["deployment"], &["SIDEKICK_PROTOCOL_"]),
        group("specs", &["specs"], &["SIDEKICK_INPUT", "SIDEKICK_OUTPUT", "SIDEKICK_TYPE_"]),
        group(
            "rows",
            &["rows", "rows_images", "rows_arrays", "rows_columns"],
            &["SIDEKICK_DTYPE_", "SIDEKICK_COLUMN_", "SIDEKICK_RECORD_"],
        ),
        group("predict", &["predict", "reply"], &[]),
        group("predictions", &["predictions", "predictions_arrays"], &[]),
        group("streams", &["stream"], &[]),
        group("cancel", &["cancel"], &[]),
        group("errors", &["error"], &["SIDEKICK_OK", "SIDEKICK_ERROR_"]),
        group("options", &["options", "options_models"], &["SIDEKICK_TLS_", "SIDEKICK_WIRE_"]),
        group("callbacks", &["callbacks"], &["SIDEKICK_LOG_"]),
    ];

    const fn group(
        name: &'static str,
        files: &'static [&'static str],
        constants: &'static [&'static str],
    ) -> Group {
        Group { name, files, constants }
    }

    /// Writes `sidekick.h`, and what is made of it, into the build's own folder, by their paths in the
    /// repository. `tests/header.rs` compares them with the committed ones.
    pub fn write() {
        println!("cargo:rerun-if-changed=src");
        println!("cargo:rerun-if-changed=build");
        println!("cargo:rerun-if-changed=cbindgen.toml");
        let root = PathBuf::from(var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
        let config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml is well-formed");
        let header = cbindgen::generate_with_config(&root, config).expect("the exports can be written as C");
        let mut generated = Vec::new();
        header.write(&mut generated);
        let generated = String::from_utf8(generated).expect("the sources are UTF-8");
        let header = in_groups(&generated, &root.join("src"));
        let mut files = crate::bindings::of_header(&header);
        files.push(("include/sidekick.h", header));
        let folder = PathBuf::from(var("OUT_DIR").expect("cargo sets it")).join("generated");
        let _ = fs::remove_dir_all(&folder);
        files.iter().for_each(|(path, text)| put(&folder.join(path), text));
        println!("cargo:rustc-env=SIDEKICK_GENERATED={}", folder.display());
    }

    fn put(path: &Path, text: &str) {
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("cargo's own folder can be written");
        fs::write(path, text).expect("cargo's own folder can be written");
    }

    /// What cbindgen generated (constants, types, functions), as types and then groups.
    fn in_groups(generated: &str, sources: &Path) -> String {
        let (head, body) = generated.split_once("#include <stdint.h>\n").expect("the header includes it");
        let mut items: Vec<&str> = body.split("\n\n").map(str::trim).collect();
        items.retain(|item| item.starts_with("/**"));
        let (types, items): (Vec<&str>, Vec<&str>) = items.into_iter().partition(|item| is_object(item));
        let mut header = format!("{head}#include <stdint.h>\n\n{}\n\n", types.join("\n\n"));
        header += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
        let mut written = 0;
        for group in GROUPS {
            let members = members(group, &items, sources);
            written += members.len();
            header += &description(group, sources);
            if group.name == "version" {
                header += &macros();
            }
            header += &members.join("\n\n");
            header += "\n\n/** @} */\n\n";
        }
        assert_eq!(written, items.len(), "every export and every constant is in one group");
        header + "#ifdef __cplusplus\n}  /* extern \"C\" */\n#endif\n\n#endif  /* SIDEKICK_H */\n"
    }

    /// Whether it declares an object or the status, which every group may use.
    fn is_object(item: &str) -> bool {
        declaration(item).starts_with("typedef struct") || name(item) == "sidekick_status"
    }

    /// The constants and the functions of a group, by their files.
    fn members<'a>(group: &Group, items: &[&'a str], sources: &Path) -> Vec<&'a str> {
        let constants = items.iter().copied().filter(|item| {
            let is_define = declaration(item).starts_with("#define");
            is_define && group.constants.iter().any(|start| name(item).starts_with(start))
        });
        let mut members: Vec<&str> = constants.collect();
        for file in group.files {
            let source = read(sources, file);
            let defines = |item: &&str| {
                let name = name(item);
                source.contains(&format!("fn {name}(")) || source.contains(&format!("pub type {name} "))
            };
            members.extend(items.iter().copied().filter(defines));
        }
        members
    }

    /// The comment that opens a group, from the head of its first file.
    fn description(group: &Group, sources: &Path) -> String {
        let source = read(sources, group.files[0]);
        let mut head = source.lines().map_while(|line| line.strip_prefix("//!"));
        let title = head.next().expect("the file has a head");
        let text: String = head.map(|line| format!(" *{line}\n")).collect();
        format!("/**\n * @defgroup sidekick_{}{title}\n{text} * @{{\n */\n\n", group.name)
    }

    fn read(sources: &Path, file: &str) -> String {
        fs::read_to_string(sources.join(file).with_extension("rs")).expect("the group's file is there")
    }

    fn declaration(item: &str) -> &str {
        item.split_once("*/\n").expect("every item has a comment").1
    }

    /// The name that an item declares.
    fn name(item: &str) -> &str {
        let declaration = declaration(item);
        let words = match declaration.split_once("(*") {
            Some((start, callback)) if start.starts_with("typedef") => callback.split(')').next(),
            _ if declaration.starts_with("#define") => declaration.split(' ').nth(1),
            _ => declaration.split(['(', ';']).next(),
        };
        let last = words.and_then(|words| words.split([' ', '\n', '*']).next_back());
        last.expect("every item declares a name")
    }

    /// What is no Rust constant: the version, from Cargo.toml alone, and the length that stands for a NUL.
    fn macros() -> String {
        let part = |name: &str| var(format!("CARGO_PKG_VERSION_{name}")).expect("cargo sets it");
        let (major, minor, patch) = (part("MAJOR"), part("MINOR"), part("PATCH"));
        format!(
            r#"/** The version of this header, see also `sidekick_version`. Since 0.1.0. */
#define SIDEKICK_VERSION "{major}.{minor}.{patch}"
/** The major version. Before 1.0, a change of the minor version may change functions. Since 0.1.0. */
#define SIDEKICK_VERSION_MAJOR {major}
/** The minor version: changes when something is added. Since 0.1.0. */
#define SIDEKICK_VERSION_MINOR {minor}
/** The patch version: changes when defects are fixed. Since 0.1.0. */
#define SIDEKICK_VERSION_PATCH {patch}

/** As the length of a text: up to its NUL. 0xFFFFFFFF means the same, since 0.2.0. Since 0.1.0. */
#define SIDEKICK_NUL SIZE_MAX

/** In the shape of a feature: a size that each row has its own of. Since 0.2.0. */
#define SIDEKICK_SIZE_ANY SIZE_MAX

"#
        )
    }
}
