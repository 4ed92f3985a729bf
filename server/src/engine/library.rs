//! Where the shared library of ONNX Runtime is, and loading it.

use std::ffi::OsStr;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

use ort::LoadDynamicError;
use ort::environment::Environment;

/// How to get the library, for a message.
pub const HOW_TO_GET_IT: &str =
    "install it with `pip install onnxruntime`, or name its library with --onnxruntime PATH";

/// Asks Python for the folder of a package without importing it.
const ASK: &str = "import sys, importlib.util as u; sys.path = [p for p in sys.path if p]; \
                   print(u.find_spec('onnxruntime').submodule_search_locations[0])";

/// The environment variable that names the library.
const VARIABLE: &str = "ORT_DYLIB_PATH";

static LOADED: OnceLock<Result<Environment, String>> = OnceLock::new();

/// Loads the library once: from the path that was given, that of ORT_DYLIB_PATH, or that of the Python
/// package. The error is one line.
pub fn load(given: Option<&Path>) -> Result<&'static Environment, String> {
    let loaded = LOADED.get_or_init(|| find(given).and_then(|path| open(&path)));
    loaded.as_ref().map_err(Clone::clone)
}

/// Whether somebody named a library, which then has to be there.
pub fn is_named(given: Option<&Path>) -> bool {
    given.is_some() || env::var_os(VARIABLE).is_some_and(|path| !path.is_empty())
}

fn find(given: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(path) = given {
        return in_folder(path)
            .ok_or_else(|| format!("--onnxruntime {}: there is no such library", path.display()));
    }
    if let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        return in_folder(&path)
            .ok_or_else(|| format!("{VARIABLE}={}: there is no such library", path.display()));
    }
    let package = ["python3", "python"].iter().find_map(|python| package(python));
    package
        .and_then(|folder| in_folder(&folder))
        .ok_or_else(|| format!("the python3 of PATH has no ONNX Runtime; {HOW_TO_GET_IT}"))
}

/// The folder of the package `onnxruntime` of a Python.
fn package(python: &str) -> Option<PathBuf> {
    let asked = Command::new(python).args(["-c", ASK]).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let shown = String::from_utf8(asked.ok()?.stdout).ok()?;
    Some(shown.trim()).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// The library that a path is, or that is in it: a folder of libraries, or the Python package.
fn in_folder(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return path.canonicalize().ok();
    }
    let is_library = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("libonnxruntime.") && (name.contains(".so") || name.ends_with(".dylib"))
    };
    let folders = [path.to_owned(), path.join("capi"), path.join("lib")];
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    files.map(|file| file.path()).find(|file| file.file_name().is_some_and(is_library))?.canonicalize().ok()
}

/// Opens the library for the process. Nothing of it is used if that fails.
fn open(path: &Path) -> Result<Environment, String> {
    // A library that is something else may break an assumption of the crate.
    let opened = panic::catch_unwind(|| {
        let environment = ort::init_from(path).map_err(|error| refused(path, &error))?;
        environment.with_telemetry(false).build().map_err(|error| error.message().to_owned())
    });
    opened.unwrap_or_else(|_| Err(format!("{} is not ONNX Runtime; {HOW_TO_GET_IT}", path.display())))
}

fn refused(path: &Path, error: &LoadDynamicError) -> String {
    let path = path.display();
    match error {
        LoadDynamicError::BadVersion { version_str, .. } => format!(
            "{path} is ONNX Runtime {version_str}, 1.{} or newer is needed; {HOW_TO_GET_IT}",
            ort::MINOR_VERSION
        ),
        LoadDynamicError::MissingApi { .. } | LoadDynamicError::InvalidVersionString => {
            format!("{path} is not ONNX Runtime; {HOW_TO_GET_IT}")
        }
        LoadDynamicError::Dlopen { error, .. } => format!("{path} cannot be loaded: {error}"),
    }
}
