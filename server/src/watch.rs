//! Loads deployments again when their files change.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
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
    /// The number of the load that was begun last.
    latest: Arc<Mutex<u64>>,
    /// The files of each version that is served.
    served: (mpsc::Sender<Vec<PathBuf>>, mpsc::Receiver<Vec<PathBuf>>),
}

/// The load of one version of a deployment.
struct Load {
    source: Source,
    place: usize,
    number: u64,
    latest: Arc<Mutex<u64>>,
    served: mpsc::Sender<Vec<PathBuf>>,
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
        let (latest, served) = (Arc::default(), mpsc::channel());
        let mut watched = Watched { source, place, others, loaded, seen, latest, served };
        watched.loaded = watched.versions();
        watched
    }

    /// Looks at these files too. Their versions are those that were loaded.
    fn look_at_others(&mut self, others: &[PathBuf]) {
        self.others = others.to_vec();
        for file in others.iter().filter(|file| !self.loaded.contains_key(*file)).cloned().collect::<Vec<_>>()
        {
            add(&file, &mut self.loaded);
        }
    }

    /// Loads the deployment again if its files have changed and have not just been written.
    fn look(&mut self, registry: &Arc<Registry>, loading: &Loading) {
        if let Some(files) = self.served.1.try_iter().last() {
            self.look_at_others(&files);
        }
        let now = self.versions();
        if now != self.loaded && now == self.seen {
            self.loaded = now;
            self.begin_to_load(registry, loading);
            return;
        }
        self.seen = now;
    }

    /// Loads in a thread: an engine that does not answer holds up neither other deployments nor the next
    /// version of this one.
    fn begin_to_load(&self, registry: &Arc<Registry>, loading: &Loading) {
        let mut latest = lock(&self.latest);
        *latest += 1;
        let load = Load {
            source: self.source.clone(),
            place: self.place,
            number: *latest,
            latest: Arc::clone(&self.latest),
            served: self.served.0.clone(),
        };
        drop(latest);
        let (registry, loading) = (Arc::clone(registry), loading.clone());
        let begun =
            thread::Builder::new().name("load".to_owned()).spawn(move || load.run(&registry, &loading));
        if let Err(error) = begun {
            say(&format!("{}: has changed, but no thread loads it: {error}", self.source.file().display()));
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

impl Load {
    fn run(self, registry: &Arc<Registry>, loading: &Loading) {
        let file = self.source.file();
        let load = || self.source.load(loading);
        // The model runtime may panic on a broken file.
        let loaded = panic::catch_unwind(AssertUnwindSafe(load));
        let loaded = loaded.unwrap_or_else(|_| Err(format!("{}: loading it failed", file.display())));
        let latest = lock(&self.latest);
        if *latest != self.number {
            // A newer version is loaded, or has been.
            return;
        }
        let at_file = |problem| format!("{}: {problem}", file.display());
        let replaced = loaded.and_then(|served| registry.replace(self.place, served).map_err(at_file));
        match replaced {
            Ok(served) => {
                // At the end of the program nobody looks at files.
                drop(self.served.send(served.files.clone()));
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
}

/// Nothing panics while it holds the lock.
fn lock(latest: &Mutex<u64>) -> MutexGuard<'_, u64> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
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
