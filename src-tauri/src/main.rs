//! The window of Understudy: it opens the engine, shows the interface and hands every command
//! over. No decision is taken here, and nothing here reaches a file, a shell or the network
//! except through the engine (the size of the window is the one file of its own).
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod commands;
mod failure;
mod practice;
mod streams;
mod window;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use arguments::{Arguments, Wish};
use contract::{Code, NoArgs, PracticeStart, Problem};
use engine::Engine;

/// Exit code of a start that failed, as on the command line.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    engine::quiet_panics();
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Wish::Run(arguments)) => arguments,
        Ok(Wish::Print(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => return fail(&problem),
    };
    match tauri::async_runtime::block_on(start(arguments)) {
        Ok(start) => run(start),
        Err(problem) => fail(&problem),
    }
}

/// What the window is opened with.
struct Start {
    engine: Engine,
    data_dir: PathBuf,
    /// Route of the first page.
    page: String,
}

/// Opens the engine and, where it was asked for, enters practice mode: then the first page is the
/// organization to practise on.
async fn start(arguments: Arguments) -> Result<Start, Problem> {
    let engine = Engine::open(engine::Options {
        data_dir: arguments.data_dir,
        exclusive: true,
        vault: engine::VaultChoice::Platform,
        practice: Some(Arc::new(practice::Loopback::default())),
        ..engine::Options::default()
    })
    .await?;
    let data_dir = PathBuf::from(engine.app_state(NoArgs {}).await?.data_dir);
    let Some(scenario) = arguments.practice else {
        return Ok(Start {
            engine,
            data_dir,
            page: String::new(),
        });
    };
    let wish = PracticeStart {
        scenario: Some(scenario),
        users: None,
    };
    match engine.practice_start(wish).await {
        Ok(state) => {
            let page = state
                .practice
                .map(|practice| format!("organizations/{}/configuration", practice.organization));
            Ok(Start {
                engine,
                data_dir,
                page: page.unwrap_or_default(),
            })
        }
        Err(problem) => {
            engine.shut_down().await;
            Err(problem)
        }
    }
}

/// Shows the window until it is closed.
fn run(
    Start {
        engine,
        data_dir,
        page,
    }: Start,
) -> ExitCode {
    if let Err(problem) = a_display() {
        tauri::async_runtime::block_on(engine.shut_down());
        return fail(&problem);
    }
    let app = match builder(tauri::Builder::default(), engine.clone(), &data_dir, page)
        .build(context())
    {
        Ok(app) => app,
        Err(error) => {
            tauri::async_runtime::block_on(engine.shut_down());
            complain(&no_window(&error));
            return ExitCode::from(FAILED);
        }
    };
    let code = app.run_return(move |app, event| match event {
        tauri::RunEvent::ExitRequested { .. } => window::remember(app),
        // The event, not the line below: macOS ends the process without returning.
        tauri::RunEvent::Exit => tauri::async_runtime::block_on(engine.shut_down()),
        _ => {}
    });
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Everything that makes the app, for a real webview and for the headless tests alike.
fn builder<R: tauri::Runtime>(
    builder: tauri::Builder<R>,
    engine: Engine,
    data_dir: &Path,
    page: String,
) -> tauri::Builder<R> {
    builder
        .manage(engine)
        .manage(window::Memory::new(data_dir))
        .invoke_handler(commands::handler())
        .setup(move |app| Ok(window::open(app.handle(), page)?))
        .on_window_event(|window, event| {
            if matches!(event, tauri::WindowEvent::CloseRequested { .. }) {
                window::remember(tauri::Manager::app_handle(window));
            }
        })
}

/// Configuration, capabilities and the interface, as they were at compile time.
#[expect(
    clippy::disallowed_methods,
    reason = "the macro expands to an exit of Tauri's own, for a process that lost its assets"
)]
fn context<R: tauri::Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// Says why the app cannot start: on stderr, and in a window where there is a screen.
fn fail(problem: &Problem) -> ExitCode {
    complain(problem);
    if a_display().is_ok()
        && let Err(error) = failure::show(problem, context())
    {
        eprintln!("understudy-desktop: no window to show this in: {error}");
    }
    ExitCode::from(FAILED)
}

fn complain(problem: &Problem) {
    eprintln!("understudy-desktop: {}", problem.message);
    if let Some(hint) = &problem.hint {
        eprintln!("  {hint}");
    }
}

/// On Linux the window system is a choice, and without one the toolkit ends the process.
fn a_display() -> Result<(), Problem> {
    let present = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !present("DISPLAY") && !present("WAYLAND_DISPLAY") {
        return Err(
            Problem::new(Code::Internal, "There is no display to open a window on.")
                .hint("Use the command line instead: understudy --help"),
        );
    }
    Ok(())
}

fn no_window(error: &tauri::Error) -> Problem {
    Problem::new(
        Code::Internal,
        format!("The window could not be opened: {error}."),
    )
    .hint("On Windows install the WebView2 runtime, on Linux WebKitGTK 4.1.")
}
