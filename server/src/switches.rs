//! Which deployments are enabled, as people with the admin token set it. It lasts over a restart.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;

use crate::auth;
use crate::deployment::Deployment;
use crate::error::{ApiError, ErrorCode};
use crate::token;

/// The switches of the deployments. Without an admin token nothing is switched.
#[derive(Default)]
pub struct Switches {
    /// One token; none if there is no switching.
    tokens: Vec<String>,
    token_file: PathBuf,
    file: PathBuf,
    /// Held while the state is written. Every request reads `set`, and must not wait for a file.
    writing: Mutex<()>,
    /// What differs from deployment.json, or once did, by ID.
    set: Mutex<BTreeMap<String, bool>>,
}

impl Switches {
    /// Reads the admin token, and the state that an earlier server has left beside it.
    pub fn load(token_file: &Path) -> Result<Switches, String> {
        let token = token::read(token_file)
            .map_err(|problem| format!("--admin-token-file {}: {problem}", token_file.display()))?;
        let mut name = token_file.as_os_str().to_owned();
        name.push(".state.json");
        let file = PathBuf::from(name);
        let set = read(&file).map_err(|problem| format!("{}: {problem}", file.display()))?;
        let (tokens, token_file) = (vec![token], token_file.to_owned());
        Ok(Switches { tokens, token_file, file, writing: Mutex::default(), set: Mutex::new(set) })
    }

    /// Whether there is an admin token.
    pub fn are_there(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// The admin token, if there is one.
    pub fn tokens(&self) -> &[String] {
        &self.tokens
    }

    pub fn is_enabled(&self, deployment: &Deployment) -> bool {
        self.lock().get(&deployment.id).copied().unwrap_or(deployment.enabled)
    }

    /// Lets a request pass that has the admin token.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if !self.are_there() {
            let message = "this server switches nothing; start it with --admin-token-file FILE";
            return Err(ApiError::new(ErrorCode::ResourceNotFound, message));
        }
        match auth::has_one_of(headers, &self.tokens) {
            true => Ok(()),
            false => Err(ApiError::new(ErrorCode::InvalidTokenError, "this needs the admin token")),
        }
    }

    /// Enables or disables a deployment, once that is written down. Another server may have written since.
    pub fn set(&self, id: &str, enabled: bool) -> Result<(), ApiError> {
        let _one_writes = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |problem: String| ApiError::internal(format!("the state cannot be kept: {problem}"));
        let _others_wait = self.alone();
        let mut changed = read(&self.file).map_err(failed)?;
        changed.insert(id.to_owned(), enabled);
        write(&self.file, &changed).map_err(|error| failed(error.to_string()))?;
        *self.lock() = changed;
        Ok(())
    }

    /// Keeps other servers from writing the state, as long as the file is open. Not every file system can.
    fn alone(&self) -> Option<File> {
        let file = File::open(&self.token_file).ok()?;
        file.lock().ok().map(|()| file)
    }

    /// Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, bool>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &Path) -> Result<BTreeMap<String, bool>, String> {
    match fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| error.to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error.to_string()),
    }
}

/// Writes the state beside the file and puts it in its place: a server that is killed leaves one or the
/// other.
fn write(file: &Path, set: &BTreeMap<String, bool>) -> io::Result<()> {
    let next = file.with_extension("next");
    let mut written = File::create(&next)?;
    written.write_all(&serde_json::to_vec_pretty(set)?)?;
    // A machine that fails must not leave an empty file in its place.
    written.sync_all()?;
    fs::rename(&next, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of a test's own, and a file with a token in it.
    fn token_in(test: &str) -> (PathBuf, PathBuf) {
        let folder = std::env::temp_dir().join(format!("sidekick-switches-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let token = folder.join("token");
        fs::write(&token, "secret\n").unwrap();
        (folder, token)
    }

    #[test]
    fn servers_of_one_state_keep_what_the_others_set() {
        let (folder, token) = token_in("shared");
        let servers = [Switches::load(&token).unwrap(), Switches::load(&token).unwrap()];
        std::thread::scope(|scope| {
            for (server, switches) in servers.iter().enumerate() {
                scope.spawn(move || {
                    (0..20).for_each(|number| switches.set(&format!("{server}-{number}"), false).unwrap());
                });
            }
        });
        assert_eq!(Switches::load(&token).unwrap().lock().len(), 40);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn requests_do_not_wait_for_a_server_that_writes_the_state() {
        let (folder, token) = token_in("waiting");
        let switches = Switches::load(&token).unwrap();
        let other = switches.alone().unwrap();
        std::thread::scope(|scope| {
            let set = scope.spawn(|| switches.set("a", false));
            while switches.writing.try_lock().is_ok() {
                std::thread::yield_now();
            }
            assert!(switches.set.try_lock().unwrap().is_empty());
            drop(other);
            set.join().unwrap().unwrap();
        });
        assert_eq!(switches.lock().get("a"), Some(&false));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_broken_state_is_an_error_that_names_the_file() {
        let (folder, token) = token_in("broken");
        assert!(Switches::load(&token).is_ok());
        fs::write(folder.join("token.state.json"), "[]").unwrap();
        let problem = Switches::load(&token).err().unwrap();
        assert!(problem.contains("token.state.json: ") && !problem.contains("secret"), "{problem}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
