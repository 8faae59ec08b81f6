//! Every command of the contract, handed to the engine. Nothing is decided here: a command
//! without a method of the engine does not compile.

macro_rules! tauri_commands {
    ($($(#[$doc:meta])* $name:ident($req:ty) -> $res:ty;)*) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            pub(crate) async fn $name(
                engine: tauri::State<'_, engine::Engine>,
                req: $req,
            ) -> Result<$res, contract::Problem> {
                engine.$name(req).await
            }
        )*

        /// Answers the webview. Whether a window may ask at all, its capability says.
        pub(crate) fn handler<R: tauri::Runtime>()
        -> impl Fn(tauri::ipc::Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![crate::streams::watch_run, $($name),*]
        }
    };
}
contract::with_commands!(tauri_commands);
