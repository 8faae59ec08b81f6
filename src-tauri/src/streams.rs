//! The one command that answers more than once.

use contract::{Problem, RunId, RunProgress};
use engine::Engine;
use tauri::ipc::Channel;

/// Sends how far a run is, at most ten times a second, until it ends; the last one is its end.
/// Answers at once.
///
/// # Errors
/// Whatever the engine says about that run, `not_found` above all.
#[tauri::command]
pub(crate) async fn watch_run(
    engine: tauri::State<'_, Engine>,
    run: RunId,
    on_progress: Channel<RunProgress>,
) -> Result<(), Problem> {
    let mut progress = engine.watch_run(&run).await?;
    tauri::async_runtime::spawn(async move {
        loop {
            let now = progress.borrow_and_update().clone();
            // Either the window is gone, or the run has ended and its last word was sent.
            if on_progress.send(now).is_err() || progress.changed().await.is_err() {
                return;
            }
        }
    });
    Ok(())
}
