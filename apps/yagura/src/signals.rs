//! Signals: SIGTERM and SIGINT stop, SIGHUP reads the rules again.

use tokio::signal::unix::{SignalKind, signal};
use yagura_rt::Shutdown;

/// Listens until stopping is asked for; `reload` is called at each SIGHUP.
pub async fn listen(shutdown: Shutdown, reload: impl Fn()) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => reload(),
            () = shutdown.wait() => return Ok(()),
        }
    }
    shutdown.trigger();
    Ok(())
}
