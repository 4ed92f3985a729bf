//! What a program does about signals while a call waits.

use std::sync::Arc;

/// Returns whether the call ends that a signal interrupted.
pub(crate) type OnSignal = dyn Fn() -> bool + Send + Sync;

/// A callback for signals, or none: calls then wait on.
#[derive(Clone, Default)]
pub(crate) struct Signals(pub(crate) Option<Arc<OnSignal>>);

impl Signals {
    /// Whether a call ends whose wait a signal has interrupted.
    pub(super) fn end_the_call(&self) -> bool {
        self.0.as_ref().is_some_and(|on_signal| on_signal())
    }
}
