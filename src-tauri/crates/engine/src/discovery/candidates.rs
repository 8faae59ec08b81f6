//! The URLs that were found: which are taken, in which order, and which is the one to try first.

use std::cmp::Reverse;

use contract::{
    DiscoveryCandidate, DiscoveryMethod as Method, DiscoveryPlacement as Placement, DiscoveryState,
    MailboxLocation, SmtpAddress, StepStatus,
};
use store::users;
use url::Url;

use super::cloud;
use super::walk::{Cancelled, Row, Walk};
use crate::email_configuration::EwsUrl;

/// Nobody of the organization said so.
const UNASKED: &str =
    "Exchange Online says this about addresses it doesn't know, too. It takes no passwords.";

/// Where URLs come from.
pub(super) struct Origin {
    pub(super) method: Method,
    /// Of the row.
    pub(super) number: u32,
    /// Told by Exchange Online, which nobody named.
    pub(super) unasked: bool,
}

impl Walk {
    /// Takes the URLs of an answer. Answers the end of its row, and whether any was taken.
    pub(super) fn take(&self, origin: &Origin, urls: Vec<(String, Placement)>) -> (Row, bool) {
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for (url, placement) in urls {
            match EwsUrl::parse(&url) {
                Ok(url) if self.may_be(&url) => taken.push((url, placement)),
                _ => refused.push(url),
            }
        }
        let said: Vec<String> = taken
            .iter()
            .map(|(url, placement)| match placement {
                Placement::Internal => format!("{url} (inside)"),
                Placement::External => format!("{url} (outside)"),
                Placement::Unknown => url.to_string(),
            })
            .collect();
        let refused = refused.join(", ");
        for (url, placement) in &taken {
            self.add(origin, url, *placement);
        }
        let row = match (said.is_empty(), refused.is_empty()) {
            (false, true) => Row::pass(format!("Found {}.", said.join(" and "))),
            (false, false) => Row::warning(format!(
                "Found {}. Left out, because it isn't https: {refused}.",
                said.join(" and ")
            )),
            (true, _) => Row::warning(format!(
                "Names {refused}, which is no https address of EWS. It was left out."
            )),
        };
        (row, !said.is_empty())
    }

    /// Plain http is for practice on this computer.
    fn may_be(&self, url: &EwsUrl) -> bool {
        (url.as_str().starts_with("https://") || self.quest.stage.practice)
            && !self.quest.means.quotes_a_secret(url.as_str())
    }

    fn add(&self, origin: &Origin, url: &EwsUrl, placement: Placement) {
        let host = url.host();
        let cloud = cloud::of_host(&host);
        let domain = self.quest.address.domain().to_ascii_lowercase();
        let within = host == domain || host.ends_with(&format!(".{domain}"));
        let note = match cloud {
            Some(_) if origin.unasked => UNASKED.to_owned(),
            Some(_) => "Exchange Online takes no passwords: choose an OAuth type.".to_owned(),
            None if within => String::new(),
            None => format!("{host} is not within {domain}."),
        };
        let candidate = DiscoveryCandidate {
            url: self.clean(url.to_string()),
            method: origin.method,
            step: origin.number,
            placement,
            cloud: cloud.map(str::to_owned),
            note: Some(note).filter(|note| !note.is_empty()),
            advised: false,
        };
        self.desk.found.send_modify(|found| {
            let same = |known: &&mut DiscoveryCandidate| known.url == candidate.url;
            match found.candidates.iter_mut().find(same) {
                // The organization's own word counts more.
                Some(known) if !origin.unasked => *known = candidate,
                Some(_) => {}
                None => found.candidates.push(candidate),
            }
        });
    }

    /// Whether a row found something in the cloud.
    pub(super) fn found_online(&self, number: u32) -> bool {
        let found = self.desk.found.borrow();
        let mut of_row = found.candidates.iter().filter(|c| c.step == number);
        of_row.any(|candidate| candidate.cloud.is_some())
    }

    /// A user of this organization lives in Exchange Online.
    pub(super) async fn note_online(&self, address: &SmtpAddress, redirect: Option<String>) {
        let Some(organization) = self.quest.organization else {
            return;
        };
        let key = address.key();
        let noted = self.quest.stage.db.write(move |tx| {
            let known = users::lookup(tx, &[key])?;
            for user in known.iter().filter(|u| u.organization == organization) {
                let online = MailboxLocation::ExchangeOnline;
                users::set_location(tx, user.user, online, redirect.as_deref())?;
            }
            Ok(())
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "where a user lives could not be noted");
        }
    }

    /// Finds out which candidate is to be tried first: inside where that host answers from here.
    pub(super) async fn advise(&mut self) -> Result<(), Cancelled> {
        let candidates = self.desk.found.borrow().candidates.clone();
        let placed = |placement| {
            candidates
                .iter()
                .find(|c| c.placement == placement && c.cloud.is_none())
                .cloned()
        };
        let mut unreachable = None;
        if let (Some(inside), Some(_)) = (placed(Placement::Internal), placed(Placement::External))
            && !self.connects(&inside).await?
        {
            unreachable = Some(inside.url);
        }
        self.desk.found.send_modify(|found| {
            // By what speaks for it; those alike stay in the order they were found in.
            found.candidates.sort_by_key(|candidate| {
                let rank = match candidate.placement {
                    _ if candidate.note.as_deref() == Some(UNASKED) => 0,
                    _ if candidate.cloud.is_some() => 1,
                    Placement::Internal if unreachable.as_ref() == Some(&candidate.url) => 2,
                    Placement::Unknown => 3,
                    Placement::External => 4,
                    Placement::Internal => 5,
                };
                Reverse(rank)
            });
            if let Some(first) = found.candidates.first_mut() {
                first.advised = true;
            }
            for candidate in &mut found.candidates {
                if unreachable.as_ref() == Some(&candidate.url) {
                    candidate.note = Some("It doesn't answer from this computer.".to_owned());
                }
            }
        });
        Ok(())
    }

    async fn connects(&mut self, inside: &DiscoveryCandidate) -> Result<bool, Cancelled> {
        let Ok(url) = Url::parse(&inside.url) else {
            return Ok(false);
        };
        let (number, glanced) = self.look(inside.method, "HTTP", &url).await?;
        let row = match &glanced.outcome {
            Ok(reply) => Row::pass("The inside address answers from this computer.")
                .answer(reply.status.to_string()),
            Err(fault) => {
                let row = self.fault(fault);
                let said = format!(
                    "The inside address doesn't connect from here. {}",
                    row.result
                );
                Row {
                    status: StepStatus::Warning,
                    result: said,
                    ..row
                }
            }
        };
        self.end(number, row);
        Ok(glanced.outcome.is_ok())
    }

    /// The last word.
    pub(super) fn close(&self, state: DiscoveryState) {
        self.desk.found.send_modify(|found| {
            found.state = state;
            found.question = None;
            for step in &mut found.steps {
                if step.status == StepStatus::Running {
                    step.status = StepStatus::Skipped;
                    "Stopped.".clone_into(&mut step.result);
                }
            }
            let first = found
                .candidates
                .first()
                .map(|c| (c.url.clone(), c.cloud.clone()));
            let said = match (state, first) {
                (DiscoveryState::Cancelled, _) => "Stopped. What was found is kept.".to_owned(),
                (_, Some((url, None))) => format!("Found {url}."),
                (_, Some((url, Some(cloud)))) => {
                    format!(
                        "Found {url} ({cloud}). Passwords don't work there; choose an OAuth type."
                    )
                }
                (_, None) => "No candidate. Enter the URL or try another address.".to_owned(),
            };
            found.message = Some(said);
        });
    }
}
