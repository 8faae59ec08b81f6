//! JSON dispatch of the command table, for hosts that speak JSON.

use contract::{Code, Problem};

use crate::Engine;

macro_rules! dispatcher {
    ($($(#[$doc:meta])* $name:ident($req:ty) -> $res:ty;)*) => {
        impl Engine {
            /// Runs one command by name.
            ///
            /// # Errors
            /// Whatever the command answers; [`Code::NotFound`] for an unknown name;
            /// [`Code::Invalid`] for a payload that does not fit.
            pub async fn dispatch(
                &self,
                name: &str,
                payload: serde_json::Value,
            ) -> Result<serde_json::Value, Problem> {
                match name {
                    $(stringify!($name) => {
                        let request: $req = serde_json::from_value(payload).map_err(|_| misfit(name))?;
                        let answer: $res = self.$name(request).await?;
                        serde_json::to_value(answer).map_err(|e| crate::problems::internal("writing the answer", &e))
                    })*
                    _ => Err(Problem::new(Code::NotFound, format!("there is no command called {name:?}"))),
                }
            }
        }
    };
}
contract::with_commands!(dispatcher);

/// The decoder's own words are left out: they quote values, and one of them may be a password.
fn misfit(name: &str) -> Problem {
    Problem::new(
        Code::Invalid,
        format!("The request of {name} does not fit its shape."),
    )
}
