//! The limits follow their settings.

use parlor_runtime::Runtime;

use crate::config::Settings;

/// Gives the runtime what holds after each reload, until the server ends.
pub(crate) async fn follow(settings: Settings, runtime: Runtime, local: bool) {
    let mut changes = settings.subscribe();
    let stopping = runtime.stopping().clone();
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
        let limits = changes.borrow_and_update().limits.limits(local);
        runtime.limits().set(limits);
    }
}
