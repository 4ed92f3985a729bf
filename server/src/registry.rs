//! The deployments that are served, in the order of the command line.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::served::Served;

/// The deployments, each with an id of its own. One can be replaced; requests in flight keep the one before.
#[derive(Default)]
pub struct Registry(RwLock<Vec<Arc<Served>>>);

impl Registry {
    /// Adds a deployment at the end.
    pub fn add(&mut self, served: Served) -> Result<(), String> {
        let mut all = self.write();
        check_id(&all, &served, None)?;
        all.push(Arc::new(served));
        Ok(())
    }

    /// Puts a deployment in the place of another one.
    pub fn replace(&self, place: usize, served: Served) -> Result<Arc<Served>, String> {
        let mut all = self.write();
        check_id(&all, &served, Some(place))?;
        let served = Arc::new(served);
        all[place] = Arc::clone(&served);
        Ok(served)
    }

    /// Puts a deployment in the place of this one, unless another one has taken it meanwhile.
    pub fn exchange(
        &self,
        place: usize,
        known: &Arc<Served>,
        served: Served,
    ) -> Result<Option<Arc<Served>>, String> {
        let mut all = self.write();
        check_id(&all, &served, Some(place))?;
        let served = Arc::new(served);
        if !Arc::ptr_eq(&all[place], known) {
            return Ok(None);
        }
        all[place] = Arc::clone(&served);
        Ok(Some(served))
    }

    /// Whether this deployment has the place still.
    pub fn has(&self, place: usize, known: &Arc<Served>) -> bool {
        Arc::ptr_eq(&self.read()[place], known)
    }

    pub fn find(&self, id: &str) -> Option<Arc<Served>> {
        self.read().iter().find(|served| served.deployment.id == id).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Served>> {
        self.read().clone()
    }

    /// Notes why the newest version of a deployment is not served.
    pub fn set_trouble(&self, place: usize, problem: String) {
        *self.read()[place].trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    /// Nothing panics while it holds the lock.
    fn read(&self) -> RwLockReadGuard<'_, Vec<Arc<Served>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Arc<Served>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No deployment but the one at `except` has the id.
fn check_id(all: &[Arc<Served>], served: &Served, except: Option<usize>) -> Result<(), String> {
    let id = &served.deployment.id;
    let mut others = all.iter().enumerate().filter(|(place, _)| Some(*place) != except);
    match others.any(|(_, other)| other.deployment.id == *id) {
        true => Err(format!("id: {id:?} is served already")),
        false => Ok(()),
    }
}
