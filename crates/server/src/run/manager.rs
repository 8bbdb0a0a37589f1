//! The service manager (systemd): is told when the server is ready, reloads, ends, and that it lives.

use std::time::Duration;

use parlor_runtime::Runtime;
use sd_notify::NotifyState;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

/// It serves: what the manager shows of it.
pub(crate) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// It ends.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("ending: what was begun is finished")]);
}

/// It reads its settings again, and is [`ready`] after that.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "the service manager does not hear of the reload"),
    }
}

/// Where there is none, this does nothing.
fn tell(what: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(what) {
        tracing::warn!(%error, "the service manager does not hear");
    }
}

/// Tells a manager that watches how the server is, for as long as what is posted gets through the writer and the feed. It
/// restarts a server that says nothing.
pub(crate) async fn watch(runtime: Runtime, status: String, stopping: CancellationToken) {
    let Some(patience) = sd_notify::watchdog_enabled().filter(|patience| !patience.is_zero()) else { return };
    let every = (patience / 3).max(Duration::from_millis(1));
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match timeout(every, runtime.pulse()).await {
            Ok(true) => tell(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
            Ok(false) => tracing::error!(
                "what is posted no longer gets through; the service manager is not told that all is well"
            ),
            Err(_) => tracing::warn!("what is posted takes very long to get through"),
        }
    }
}
