//! The cmdlets that may be shown, with their parameters and the pages that document them.

use std::collections::HashMap;

use serde::Deserialize;

use crate::grammar::Call;

/// `cmdlets.toml`.
pub(crate) struct Manual {
    cmdlets: HashMap<String, Cmdlet>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    cmdlet: Vec<Cmdlet>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cmdlet {
    name: String,
    /// The page that documents it.
    page: String,
    /// Parameters that are used, without their hyphen.
    #[serde(default)]
    parameters: Vec<String>,
    /// A program, whose arguments are its own.
    #[serde(default)]
    program: bool,
}

impl Manual {
    pub(crate) fn shipped() -> Self {
        let listed: Listed =
            toml::from_str(include_str!("cmdlets.toml")).expect("the list is well written");
        let mut cmdlets = HashMap::new();
        for cmdlet in listed.cmdlet {
            let sound = cmdlet.page.starts_with("https://");
            assert!(sound, "{} has a page", cmdlet.name);
            let name = cmdlet.name.to_lowercase();
            assert!(
                cmdlets.insert(name.clone(), cmdlet).is_none(),
                "{name} stands twice"
            );
        }
        Self { cmdlets }
    }

    /// What is wrong with a command, if anything.
    pub(crate) fn complaint(&self, call: &Call) -> Option<String> {
        let Some(known) = self.cmdlets.get(&call.name.to_lowercase()) else {
            return Some(format!("{} is not in cmdlets.toml", call.name));
        };
        if known.program {
            return None;
        }
        let unknown = call
            .parameters
            .iter()
            .find(|used| !known.parameters.iter().any(|name| is(name, used)))?;
        Some(format!(
            "{} has no parameter {unknown} in cmdlets.toml",
            call.name
        ))
    }

    /// Cmdlets and parameters of the list that none of these calls uses.
    pub(crate) fn unused(&self, calls: &[Call]) -> Vec<String> {
        let mut unused = Vec::new();
        for cmdlet in self.cmdlets.values() {
            let mine: Vec<&Call> = calls
                .iter()
                .filter(|call| call.name.eq_ignore_ascii_case(&cmdlet.name))
                .collect();
            if mine.is_empty() {
                unused.push(cmdlet.name.clone());
                continue;
            }
            let is_used = |name: &str| {
                mine.iter()
                    .flat_map(|call| &call.parameters)
                    .any(|used| is(name, used))
            };
            let names = cmdlet.parameters.iter().filter(|name| !is_used(name));
            unused.extend(names.map(|name| format!("{} -{name}", cmdlet.name)));
        }
        unused.sort();
        unused
    }
}

fn is(name: &str, used: &str) -> bool {
    used.strip_prefix('-')
        .is_some_and(|used| used.eq_ignore_ascii_case(name))
}
