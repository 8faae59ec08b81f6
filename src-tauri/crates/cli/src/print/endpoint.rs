//! What is known of the endpoint, laid out: the schemes, the certificates, the next steps. For the
//! table where a run was stopped by one of them, for the HTML report always.

use contract::Cause;

use super::chain::{Compared, Shown, chain, compared};
use super::html::escaped;
use super::next::{Step, steps};
use super::sign_in::{facts, schemes};
use crate::rows::Report;
use crate::style::{Pen, one_line, width, wrap};

/// Widest term of a certificate.
const TERM: usize = 7;

/// What the table's footer shows before the causes; empty where the run was not stopped by its
/// endpoint or its sign-in.
pub(super) fn evidence(report: &Report<'_>, pen: Pen) -> String {
    let Some(cause) = report.page.row.cause else {
        return String::new();
    };
    let mut text = String::new();
    if is_tls(cause) {
        text.push_str(&chain_text(report, pen));
    }
    if cause.as_str().starts_with("auth.") {
        text.push_str(&sign_in_text(report, pen));
    }
    text
}

/// What the table's footer ends with: the next steps.
pub(super) fn next(report: &Report<'_>, pen: Pen) -> String {
    let steps = steps(report);
    if steps.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", pen.strong("Next"));
    for Step { say, command } in steps {
        text.extend([wrap(&say, width(), "  "), "\n".to_owned()]);
        if let Some(command) = command {
            // Never broken, so that it can be copied.
            text.extend([format!("    {command}\n")]);
        }
    }
    text
}

fn is_tls(cause: Cause) -> bool {
    cause.as_str().starts_with("tls.")
}

fn sign_in_text(report: &Report<'_>, pen: Pen) -> String {
    let lines = schemes(&report.page);
    if lines.is_empty() {
        return String::new();
    }
    let column = lines.iter().map(|line| line.scheme.len()).max();
    let column = column.unwrap_or_default().max("scheme".len());
    let mut text = format!("\n{}\n", pen.strong("Sign-in"));
    let head = format!("  {:<column$}  offered  tried", "scheme");
    text.extend([pen.faint(&head), "\n".to_owned()]);
    for line in lines {
        let (scheme, tried) = (one_line(&line.scheme), one_line(&line.tried));
        text.extend([format!(
            "  {scheme:<column$}  {:<7}  {tried}\n",
            line.offered
        )]);
    }
    for (term, fact) in facts(&report.page) {
        text.extend([hanging(&format!("  {term:<15}  "), &fact)]);
    }
    text
}

fn chain_text(report: &Report<'_>, pen: Pen) -> String {
    let certificates = chain(report);
    if certificates.is_empty() {
        return String::new();
    }
    let title = "Certificates the server showed";
    let mut text = format!("\n{}\n", pen.strong(title));
    for (at, Shown { subject, facts }) in certificates.iter().enumerate() {
        text.extend([format!("  {}. {}\n", at + 1, one_line(subject))]);
        for (term, fact) in facts {
            text.extend([hanging(&format!("     {term:<TERM$}  "), fact)]);
        }
    }
    let pairs = compared(report);
    if pairs.is_empty() {
        return text;
    }
    text.extend([format!(
        "\n{}\n",
        pen.strong("The pin, and what is shown now")
    )]);
    for (term, old, now) in &pairs {
        let old = one_line(old.as_deref().unwrap_or("not known"));
        text.extend([
            format!("  {term:<TERM$}  pinned  {old}\n"),
            format!("  {:<TERM$}  now     {}\n", "", one_line(now)),
        ]);
    }
    text
}

/// A term before a text that may take several lines.
fn hanging(start: &str, text: &str) -> String {
    let indent = " ".repeat(start.chars().count());
    let wrapped = wrap(&one_line(text), width(), &indent);
    format!("{start}{}\n", wrapped.trim_start())
}

/// The part of the HTML report.
pub(super) fn html(report: &Report<'_>) -> String {
    let mut out = sign_in_html(report);
    out.push_str(&chain_html(report));
    let steps = steps(report);
    if !steps.is_empty() {
        out.push_str("<section>\n<h2>Next</h2>\n");
        for Step { say, command } in steps {
            out.extend([format!("<p>{}</p>\n", escaped(&say))]);
            if let Some(command) = command {
                out.extend([format!("<pre>{}</pre>\n", escaped(&command))]);
            }
        }
        out.push_str("</section>\n");
    }
    out
}

fn sign_in_html(report: &Report<'_>) -> String {
    let lines = schemes(&report.page);
    let mut out = String::new();
    if !lines.is_empty() {
        out.push_str("<section>\n<h2>Sign-in</h2>\n<table>\n<thead><tr><th>Scheme</th><th>Offered</th><th>Tried</th></tr></thead>\n<tbody>\n");
        for line in lines {
            let cells = [&*line.scheme, line.offered, &*line.tried].map(escaped);
            out.extend([row(&cells)]);
        }
        out.push_str("</tbody>\n</table>\n<dl>\n");
        for (term, fact) in facts(&report.page) {
            out.extend([definition(term, &fact)]);
        }
        out.push_str("</dl>\n</section>\n");
    }
    out
}

fn chain_html(report: &Report<'_>) -> String {
    let certificates = chain(report);
    if certificates.is_empty() {
        return String::new();
    }
    let open = if report.page.row.cause.is_some_and(is_tls) {
        " open"
    } else {
        ""
    };
    let mut out =
        format!("<details{open}>\n<summary><h2>Certificates the server showed</h2></summary>\n");
    out.push_str(&compared_html(&compared(report)));
    for Shown { subject, facts } in certificates {
        out.extend([format!("<h3>{}</h3>\n<dl>\n", escaped(subject))]);
        for (term, fact) in facts {
            out.extend([definition(term, &fact)]);
        }
        out.push_str("</dl>\n");
    }
    out.push_str("</details>\n");
    out
}

fn compared_html(pairs: &[Compared]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<table>\n<thead><tr><th></th><th>Pinned</th><th>Shown now</th></tr></thead>\n<tbody>\n",
    );
    for (term, old, now) in pairs {
        let old = old.as_deref().unwrap_or("not known");
        out.extend([row(&[*term, old, now].map(escaped))]);
    }
    out.push_str("</tbody>\n</table>\n");
    out
}

fn row(cells: &[String]) -> String {
    format!("<tr><td>{}</td></tr>\n", cells.join("</td><td>"))
}

fn definition(term: &str, fact: &str) -> String {
    format!("<dt>{term}</dt><dd>{}</dd>\n", escaped(fact))
}
