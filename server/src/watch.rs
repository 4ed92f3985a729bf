//! Loads deployments again when their files change.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::registry::Registry;
use crate::source::{Loading, Source};
use crate::version::Version;
use crate::waiting;

/// Time between two looks at the files.
const PAUSE: Duration = Duration::from_millis(500);

/// Folders in a deployment's folder are looked at down to this depth.
const DEPTH: usize = 3;

type Versions = BTreeMap<PathBuf, Version>;

/// A deployment whose files are watched.
struct Watched {
    source: Source,
    place: usize,
    /// Files outside of the source's own folder.
    others: Vec<PathBuf>,
    /// The versions that were loaded last, with or without success.
    loaded: Versions,
    /// Those of the last look.
    seen: Versions,
}

/// The deployments of the command line, and the versions of their files.
pub struct Watch(Vec<Watched>);

impl Watch {
    /// Notes the versions of all files. Call it before the files are loaded.
    pub fn new(sources: Vec<Source>) -> Watch {
        let numbered = sources.into_iter().enumerate();
        Watch(numbered.map(|(place, source)| Watched::new(source, place)).collect())
    }

    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.0.iter().map(|watched| &watched.source)
    }

    /// Looks at the files until the program ends. The registry has the deployments in the same order.
    pub fn start(mut self, registry: Arc<Registry>, loading: Loading) -> io::Result<()> {
        for (watched, served) in self.0.iter_mut().zip(registry.all()) {
            watched.look_at_others(&served.files);
        }
        let watch = move || {
            loop {
                thread::sleep(PAUSE);
                for watched in &mut self.0 {
                    watched.look(&registry, &loading);
                }
            }
        };
        thread::Builder::new().name("watch".to_owned()).spawn(watch).map(drop)
    }
}

impl Watched {
    fn new(source: Source, place: usize) -> Watched {
        let (others, loaded, seen) = (Vec::new(), Versions::new(), Versions::new());
        let mut watched = Watched { source, place, others, loaded, seen };
        watched.loaded = watched.versions();
        watched
    }

    /// Takes these files too for what was loaded last.
    fn look_at_others(&mut self, others: &[PathBuf]) {
        self.others = others.to_vec();
        for file in others {
            add(file, &mut self.loaded);
        }
    }

    /// Loads the deployment again if its files have changed and have not just been written.
    fn look(&mut self, registry: &Arc<Registry>, loading: &Loading) {
        let now = self.versions();
        if now != self.loaded && now == self.seen {
            self.loaded = now;
            self.load(registry, loading);
            return;
        }
        self.seen = now;
    }

    fn load(&mut self, registry: &Arc<Registry>, loading: &Loading) {
        let file = self.source.file();
        let load = || self.source.load(loading);
        // The model runtime may panic on a broken file.
        let loaded = panic::catch_unwind(AssertUnwindSafe(load));
        let loaded = loaded.unwrap_or_else(|_| Err(format!("{}: loading it failed", file.display())));
        let at_file = |problem| format!("{}: {problem}", file.display());
        let replaced = loaded.and_then(|served| registry.replace(self.place, served).map_err(at_file));
        match replaced {
            Ok(served) => {
                self.look_at_others(&served.files);
                say(&format!("{}: has changed and is loaded again", file.display()));
                served.say_notes();
                waiting::ask_again(&self.source, self.place, &served, registry, loading);
            }
            Err(problem) => {
                say(&format!(
                    "{}: has changed, but is broken; the version before keeps serving",
                    file.display()
                ));
                problem.lines().for_each(say);
                registry.set_trouble(self.place, problem);
            }
        }
    }

    fn versions(&self) -> Versions {
        let mut versions = Versions::new();
        match &self.source {
            Source::Folder(folder) => collect(folder, DEPTH, &mut versions),
            Source::Model(model) => add(model, &mut versions),
        }
        for file in &self.others {
            add(file, &mut versions);
        }
        versions
    }
}

/// The files of a folder and of the folders in it.
fn collect(folder: &Path, depth: usize, versions: &mut Versions) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true if depth > 0 => collect(&path, depth - 1, versions),
            true => (),
            false => add(&path, versions),
        }
    }
}

/// A file that is not there has no version.
fn add(file: &Path, versions: &mut Versions) {
    if let Some(version) = Version::of(file) {
        versions.insert(file.to_owned(), version);
    }
}

fn say(line: &str) {
    // A closed standard error is no reason to fail.
    drop(writeln!(io::stderr(), "sidekick-server: {line}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_replaced_or_grows_has_another_version() {
        let folder = std::env::temp_dir().join(format!("sidekick-watch-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep")).unwrap();
        let (file, deep) = (folder.join("a"), folder.join("deep/b"));
        fs::write(&file, "one").unwrap();
        let watched = Watched::new(Source::Folder(folder.clone()), 0);
        assert!(watched.versions() == watched.loaded);
        fs::write(&deep, "").unwrap();
        assert!(watched.versions() != watched.loaded);
        fs::remove_file(&deep).unwrap();
        assert!(watched.versions() == watched.loaded);
        fs::write(folder.join("new"), "two").unwrap();
        fs::rename(folder.join("new"), &file).unwrap();
        assert!(watched.versions() != watched.loaded);
        fs::remove_dir_all(&folder).unwrap();
        assert!(watched.versions().is_empty());
    }
}
