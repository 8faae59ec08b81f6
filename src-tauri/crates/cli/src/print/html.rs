//! A report to pass on: one file that loads nothing and runs nothing. Every text in it is escaped.

use contract::{Cause, CauseCard, Expectation, ResultRow};

use super::{standing, totals, traffic};
use crate::failure::Failure;
use crate::output::Output;
use crate::rows::{Kind, Report, is_exposed, verdict};
use crate::style::grouped;

/// Looks; light and dark as the reader's system says.
const STYLE: &str = include_str!("report.css");

pub(super) async fn write(report: &Report<'_>, output: &mut Output) -> Result<(), Failure> {
    head(report, output)?;
    output.text(&super::endpoint::html(report))?;
    output.text(&super::steps::html(&report.page.steps))?;
    for (card, count) in super::cards(report) {
        output.text(&cause(card, count))?;
    }
    for kind in Kind::ALL {
        section(report, kind, output).await?;
    }
    output.text(&format!(
        "<footer>Understudy {}</footer>\n</main>\n</body>\n</html>\n",
        engine::VERSION
    ))
}

fn head(report: &Report<'_>, output: &mut Output) -> Result<(), Failure> {
    let row = &report.page.row;
    let name = row.organization_name.as_deref().unwrap_or(&row.account);
    output.text(&format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Impersonation check: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
        escaped(name)
    ))?;
    output.text(&format!(
        "<h1>Impersonation check: {}</h1>\n",
        escaped(name)
    ))?;
    let causes = &row.summary.causes;
    if let Some(exposed) = causes
        .iter()
        .find(|c| c.cause == Cause::ImpersonationExposed)
    {
        let opened = super::opened(exposed.count);
        output.text(&format!(
            "<p class=\"bad\"><strong>{opened}.</strong></p>\n"
        ))?;
    }
    let class = if row.summary.findings > 0 {
        "bad"
    } else {
        "good"
    };
    output.text(&format!(
        "<p class=\"{class}\"><strong>{}</strong></p>\n",
        standing(&row.summary, row.state)
    ))?;
    output.text(&format!(
        "<p>{} {}</p>\n",
        totals(&row.summary),
        traffic(&row.summary)
    ))?;
    for remark in report.remarks(false) {
        output.text(&format!("<p>{}</p>\n", escaped(remark)))?;
    }
    let facts = [
        ("Account", Some(row.account.as_str())),
        ("EWS URL", Some(&row.ews_url)),
        ("Authentication", Some(&row.auth)),
        ("Server version", row.server_version.as_deref()),
        ("Started", Some(&row.started_at)),
        ("Finished", row.finished_at.as_deref()),
        ("Run", Some(&row.id.0)),
        ("Stopped by", row.cause.map(Cause::as_str)),
        ("Message", row.message.as_deref()),
    ];
    output.text("<dl>\n")?;
    for (term, fact) in facts {
        if let Some(fact) = fact {
            output.text(&format!("<dt>{term}</dt><dd>{}</dd>\n", escaped(fact)))?;
        }
    }
    output.text("</dl>\n")?;
    // What a step says as well is said there.
    let steps = &report.page.steps;
    let told = |warning: &String| steps.iter().any(|step| step.message == *warning);
    for warning in row.warnings.iter().filter(|warning| !told(warning)) {
        output.text(&format!("<p class=\"open\">{}</p>\n", escaped(warning)))?;
    }
    Ok(())
}

fn cause(card: &CauseCard, count: u64) -> String {
    let mut text = format!(
        "<section>\n<h2>{} <small>{} ({})</small></h2>\n<p>{}</p>\n",
        escaped(&card.title),
        card.cause,
        grouped(count),
        escaped(&card.explanation)
    );
    for command in &card.remedy {
        let purpose = format!("{:?}", command.purpose).to_lowercase();
        text.extend([format!(
            "<pre><span>{purpose}</span> {}</pre>\n",
            escaped(&command.powershell)
        )]);
    }
    text.push_str("</section>\n");
    text
}

async fn section(report: &Report<'_>, kind: Kind, output: &mut Output) -> Result<(), Failure> {
    let (title, class) = match kind {
        Kind::Finding => ("Findings", "bad"),
        Kind::Open => ("Open", "open"),
        Kind::Expected => ("As expected", "good"),
    };
    if kind == Kind::Finding && report.page.row.summary.findings == 0 {
        return Ok(());
    }
    let mut begun = false;
    // Opened canaries are the gravest findings: they come first.
    let passes: &[bool] = match kind {
        Kind::Finding => &[true, false],
        Kind::Open | Kind::Expected => &[false],
    };
    for &exposed in passes {
        let told = |row: &ResultRow| Kind::of(row) == kind && is_exposed(row) == exposed;
        let mut rows = report.rows();
        while let Some(page) = rows.next().await? {
            for (row, _) in page.iter().filter(|(row, _)| told(row)) {
                if !begun {
                    begun = true;
                    let open = if kind == Kind::Expected { "" } else { " open" };
                    output.text(&format!(
                        "<details{open}>\n<summary><h2>{title}</h2></summary>\n<table>\n<thead><tr><th>Mailbox</th>\
                         <th>Verdict</th><th>Cause</th><th>Result</th></tr></thead>\n<tbody>\n"
                    ))?;
                }
                output.text(&line(row, class))?;
            }
        }
    }
    if begun {
        output.text("</tbody>\n</table>\n</details>\n")
    } else {
        Ok(())
    }
}

fn line(row: &ResultRow, class: &str) -> String {
    let canary = if row.expectation == Expectation::MustRefuse {
        " <small>must be refused</small>"
    } else {
        ""
    };
    let mut message = escaped(row.message.as_deref().unwrap_or_default());
    if let Some(primary) = &row.alias_of {
        message.extend([format!(
            " <small>second address of {}</small>",
            escaped(primary)
        )]);
    }
    format!(
        "<tr><td>{}{canary}</td><td class=\"{class}\">{}</td><td>{}</td><td>{message}</td></tr>\n",
        escaped(&row.mailbox),
        verdict(row).as_str().replace('_', " "),
        row.cause.map_or("", |cause| cause.as_str()),
    )
}

/// For text and quoted attributes; control characters are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{STYLE, escaped};

    #[test]
    fn a_list_cannot_write_html() {
        assert_eq!(
            escaped("<script>'\"&\u{1b}"),
            "&lt;script&gt;&#39;&quot;&amp;"
        );
    }

    #[test]
    fn the_style_loads_nothing() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
