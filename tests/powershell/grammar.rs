//! Parses PowerShell and reads commands out of it. It runs nothing and resolves nothing.
//!
//! <https://github.com/airbus-cert/tree-sitter-powershell>

use tree_sitter::{Node, Parser};

/// A command with its parameters, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// With their hyphen and without what follows a colon.
    pub(crate) parameters: Vec<String>,
}

/// What the grammar does not understand, with its line; empty: it is PowerShell.
pub(crate) fn faults(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each(text, &mut |node| {
        if node.is_error() || node.is_missing() {
            let line = node.start_position().row + 1;
            found.push(format!("line {line}: {}", said(node, text)));
        }
    });
    found
}

/// Every command, those inside of others too.
pub(crate) fn calls(text: &str) -> Vec<Call> {
    let mut found = Vec::new();
    each(text, &mut |node| {
        if node.kind() != "command" {
            return;
        }
        let Some(name) = node.child_by_field_name("command_name") else {
            return;
        };
        let mut parameters = Vec::new();
        let mut cursor = node.walk();
        for elements in node.children(&mut cursor) {
            let mut inside = elements.walk();
            let named = elements
                .children(&mut inside)
                .filter(|child| child.kind() == "command_parameter");
            parameters.extend(named.map(|parameter| {
                let written = said(parameter, text);
                let name = written.split(':').next();
                name.unwrap_or(&written).to_owned()
            }));
        }
        let name = said(name, text);
        if is_named(&name) && !is_comparison(&parameters) {
            found.push(Call { name, parameters });
        }
    });
    found
}

/// `& { … }` has no name of its own; what is inside is read for itself.
fn is_named(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic())
}

/// `-Filter {mail -eq $address}` looks like a command called `mail`, and is none.
fn is_comparison(parameters: &[String]) -> bool {
    const OPERATORS: [&str; 6] = ["-eq", "-ne", "-like", "-notlike", "-lt", "-gt"];
    let first = parameters.first();
    first.is_some_and(|first| OPERATORS.contains(&first.as_str()))
}

fn said(node: Node<'_>, text: &str) -> String {
    node.utf8_text(text.as_bytes())
        .unwrap_or_default()
        .to_owned()
}

fn each(text: &str, visit: &mut dyn FnMut(Node<'_>)) {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("the grammar fits the parser");
    let tree = parser.parse(text, None).expect("no time limit is set");
    let mut waiting = vec![tree.root_node()];
    while let Some(node) = waiting.pop() {
        visit(node);
        let mut cursor = node.walk();
        waiting.extend(node.children(&mut cursor));
    }
}
