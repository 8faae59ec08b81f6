//! What Autodiscover did and found: a block a step for people, `understudy.discover/1` for programs.

use contract::{
    Cause, CertificateInfo, Discovery, DiscoveryCandidate, DiscoveryMethod, DiscoveryPlacement,
    DiscoveryState, DiscoveryStep, StepStatus,
};
use engine::Engine;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::Output;
use crate::style::{Pen, one_line, width, wrap};

/// Name of the JSON shape.
const SCHEMA: &str = "understudy.discover/1";
/// Widest term.
const TERM: usize = 13;

/// For people.
///
/// # Errors
/// What the output refuses.
pub(crate) fn table(
    engine: &Engine,
    found: &Discovery,
    output: &mut Output,
    pen: Pen,
) -> Result<(), Failure> {
    output.text(&format!("{}\n", pen.strong("Steps")))?;
    for step in &found.steps {
        output.text(&block(engine, step, pen))?;
    }
    if !found.candidates.is_empty() {
        output.text(&format!("\n{}\n", pen.strong("Candidates")))?;
    }
    for candidate in &found.candidates {
        output.text(&self::candidate(candidate, pen))?;
    }
    if let Some(address) = &found.redirect_address {
        output.text(&format!(
            "\nExchange says that the mailbox is {}.\n",
            one_line(address)
        ))?;
    }
    let message = found.message.as_deref().unwrap_or_default();
    output.text(&format!("\n{}\n", wrap(&one_line(message), width(), "")))
}

fn block(engine: &Engine, step: &DiscoveryStep, pen: Pen) -> String {
    let status = match step.status {
        StepStatus::Pass => pen.good("passed"),
        StepStatus::Warning => pen.open("no"),
        StepStatus::Fail => pen.bad("failed"),
        StepStatus::Skipped => pen.faint("left out"),
        StepStatus::Running => pen.faint("stopped"),
    };
    let head = format!("{}, {}", method(step.method), step.protocol);
    let mut text = format!("\n{:>3}  {}: {status}\n", step.number, pen.strong(&head));
    let certificate = step.certificates.first().map(|leaf| {
        let validity = engine.validity(leaf);
        format!("{}, issued by {}, {validity}", leaf.subject, leaf.issuer)
    });
    let sent = match &step.password_sent_to {
        Some(host) => format!("Yes, to {host}"),
        None => "No".to_owned(),
    };
    let facts = [
        ("Address", Some(step.address.clone())),
        ("Result", Some(step.result.clone())),
        ("HTTP / DNS", step.answer.clone()),
        ("Certificate", certificate),
        ("Time", step.elapsed_ms.map(|ms| format!("{ms} ms"))),
        ("Password sent", Some(sent)),
    ];
    for (term, fact) in facts {
        let Some(fact) = fact else { continue };
        let start = format!("     {term:<TERM$}  ");
        let wrapped = wrap(&one_line(&fact), width(), &" ".repeat(start.len()));
        text.extend([start, wrapped.trim_start().to_owned(), "\n".to_owned()]);
    }
    text
}

fn candidate(candidate: &DiscoveryCandidate, pen: Pen) -> String {
    let placement = match candidate.placement {
        DiscoveryPlacement::Internal => ", for inside",
        DiscoveryPlacement::External => ", for outside",
        DiscoveryPlacement::Unknown => "",
    };
    let cloud = candidate.cloud.as_deref();
    let cloud = cloud.map(|cloud| format!(", {cloud}")).unwrap_or_default();
    let advised = if candidate.advised {
        " (try this first)"
    } else {
        ""
    };
    let url = one_line(&candidate.url);
    let mut text = format!(
        "  {}{advised}\n    found by {}, step {}{placement}{cloud}\n",
        pen.good(&url),
        method(candidate.method),
        candidate.step
    );
    if let Some(note) = &candidate.note {
        text.extend([wrap(&one_line(note), width(), "    "), "\n".to_owned()]);
    }
    text
}

const fn method(method: DiscoveryMethod) -> &'static str {
    match method {
        DiscoveryMethod::JsonV2 => "Without credentials",
        DiscoveryMethod::Scp => "Service connection point",
        DiscoveryMethod::AutodiscoverHost => "Autodiscover host",
        DiscoveryMethod::RootDomain => "Mail domain",
        DiscoveryMethod::HttpRedirect => "Redirect over http",
        DiscoveryMethod::DnsSrv => "DNS SRV",
        DiscoveryMethod::Redirect => "Sent on",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    address: &'a str,
    state: DiscoveryState,
    steps: Vec<Step<'a>>,
    candidates: Vec<Candidate<'a>>,
    redirect_address: Option<&'a str>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Step<'a> {
    number: u32,
    method: DiscoveryMethod,
    protocol: &'a str,
    address: &'a str,
    status: StepStatus,
    result: &'a str,
    cause: Option<Cause>,
    answer: Option<&'a str>,
    certificates: Vec<Certificate<'a>>,
    elapsed_ms: Option<u64>,
    password_sent_to: Option<&'a str>,
}

#[derive(Serialize)]
struct Certificate<'a> {
    subject: &'a str,
    issuer: &'a str,
    names: &'a [String],
    not_before: &'a str,
    not_after: &'a str,
    sha256: &'a str,
    is_ca: bool,
}

#[derive(Serialize)]
struct Candidate<'a> {
    url: &'a str,
    method: DiscoveryMethod,
    step: u32,
    placement: DiscoveryPlacement,
    cloud: Option<&'a str>,
    note: Option<&'a str>,
    advised: bool,
}

/// For programs.
///
/// # Errors
/// What the output refuses.
pub(crate) fn json(found: &Discovery, output: &mut Output) -> Result<(), Failure> {
    let document = Document {
        schema: SCHEMA,
        address: &found.address,
        state: found.state,
        steps: found.steps.iter().map(step).collect(),
        candidates: found.candidates.iter().map(of_candidate).collect(),
        redirect_address: found.redirect_address.as_deref(),
        message: found.message.as_deref(),
    };
    output.pretty(&document)
}

fn step(step: &DiscoveryStep) -> Step<'_> {
    Step {
        number: step.number,
        method: step.method,
        protocol: &step.protocol,
        address: &step.address,
        status: step.status,
        result: &step.result,
        cause: step.cause,
        answer: step.answer.as_deref(),
        certificates: step.certificates.iter().map(certificate).collect(),
        elapsed_ms: step.elapsed_ms,
        password_sent_to: step.password_sent_to.as_deref(),
    }
}

fn certificate(certificate: &CertificateInfo) -> Certificate<'_> {
    Certificate {
        subject: &certificate.subject,
        issuer: &certificate.issuer,
        names: &certificate.names,
        not_before: &certificate.not_before,
        not_after: &certificate.not_after,
        sha256: &certificate.sha256,
        is_ca: certificate.is_ca,
    }
}

fn of_candidate(candidate: &DiscoveryCandidate) -> Candidate<'_> {
    Candidate {
        url: &candidate.url,
        method: candidate.method,
        step: candidate.step,
        placement: candidate.placement,
        cloud: candidate.cloud.as_deref(),
        note: candidate.note.as_deref(),
        advised: candidate.advised,
    }
}
