//! A stored run as diagnosis sees it: its facts, and a card for each of its causes.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::{Blame, Cause, CauseCard, Code, Evidence, ExchangeNames, Problem, Remedy, RunId};
use store::run_results::{self, CauseGroup, CodeCount};
use store::runs::{self, RunNumber, StoredRun};
use store::{StoreError, Tx};

use super::evidence::evidence;
use super::explanation::explanation;
use super::facts::Facts;
use super::names::{filled, names_of};
use super::reasons::reasons;
use super::remedy::{Names, Over, alternatives, remedy};
use super::wording::{Words, blame_words, title_at};
use crate::checks::Plan;
use crate::problems::of_store;
use crate::stage::Stage;

/// Addresses that commands on a card go over; a script has them all.
pub(crate) const SHOWN: u64 = 20;
/// Different answers looked at.
const CODES: u64 = 8;

/// A run with the names of its organization.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) run: StoredRun,
    pub(crate) host: String,
    pub(crate) port: u16,
    plan: Option<Plan>,
    exchange: ExchangeNames,
}

/// The rows of one cause.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cluster {
    /// How many.
    pub(crate) count: u64,
    /// The first of them, [`SHOWN`] at most.
    pub(crate) mailboxes: Vec<String>,
    pub(crate) codes: Vec<CodeCount>,
    pub(crate) evidence: Option<Evidence>,
}

impl Cluster {
    pub(crate) fn load(tx: &Tx<'_>, run: RunNumber, cause: Cause) -> Result<Self, StoreError> {
        let rows = run_results::cause_mailboxes(tx, run, cause, -1, SHOWN)?;
        Ok(Self {
            count: run_results::cause_count(tx, run, cause)?,
            mailboxes: rows.into_iter().map(|(_, mailbox)| mailbox).collect(),
            codes: run_results::cause_codes(tx, run, cause, CODES)?,
            evidence: run_results::cause_evidence(tx, run, cause)?,
        })
    }
}

impl Known {
    /// # Errors
    /// [`Code::NotFound`].
    pub(crate) async fn load(stage: &Arc<Stage>, run: &RunId) -> Result<Self, Problem> {
        let wanted = run.clone();
        let found = stage
            .db
            .read(move |tx| runs::show(tx, &wanted))
            .await
            .map_err(of_store)?;
        let run =
            found.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no run {run}.")))?;
        let names = names_of(stage, run.row.organization).await?;
        Ok(Self::of(run, &names))
    }

    pub(crate) fn of(run: StoredRun, names: &ExchangeNames) -> Self {
        let (host, port) = host_of(&run.row.ews_url);
        Self {
            host,
            port,
            // Of a run whose settings can't be read any more all is known but the proxy and the pin.
            plan: serde_json::from_value(run.options.clone()).ok(),
            exchange: filled(names, Some(&run.authentication)),
            run,
        }
    }

    fn words(&self, cause: Cause) -> Words<'_> {
        Words {
            account: &self.run.row.account,
            host: &self.host,
            offered: &self.run.offered,
            auth: &self.run.row.auth,
            application: self.run.row.application,
            authority: self.authority(cause),
        }
    }

    fn facts<'a>(&'a self, cause: Cause, cluster: &'a Cluster) -> Facts<'a> {
        Facts::of(&self.run, &self.host, self.plan.as_ref()).with_rows(
            cause,
            &self.run,
            cluster.count,
            &cluster.codes,
            cluster.evidence.as_ref(),
        )
    }

    pub(crate) fn names<'a>(&'a self, over: Over<'a>, facts: &Facts<'a>) -> Names<'a> {
        Names {
            account: &self.run.row.account,
            over,
            host: &self.host,
            port: self.port,
            exchange: &self.exchange,
            edition: facts.edition,
            offered: &self.run.offered,
            before_log_on: facts.before_log_on(),
            application: facts.application,
            authority: facts.authority,
        }
    }

    /// Host of the authority that issues access tokens, where it was that and not Exchange.
    fn authority(&self, cause: Cause) -> Option<&str> {
        self.run.row.authority_of(cause)
    }

    /// Whose job it is, in a few words.
    pub(crate) fn job(&self, cause: Cause) -> &'static str {
        match (cause.blame(), self.authority(cause)) {
            (Blame::Exchange, Some(_)) => "the sign-in service",
            (blame, _) => blame_words(blame),
        }
    }

    /// A few words.
    pub(crate) fn title(&self, cause: Cause) -> &'static str {
        title_at(cause, self.authority(cause))
    }

    /// What a cause means, two sentences.
    pub(crate) fn explanation(&self, cause: Cause) -> String {
        explanation(cause, &self.words(cause))
    }

    /// Likely reasons for these rows.
    pub(crate) fn reasons(&self, cause: Cause, cluster: &Cluster) -> Vec<String> {
        reasons(cause, &self.facts(cause, cluster))
    }

    /// What they were told apart by.
    pub(crate) fn evidence(&self, cause: Cause, cluster: &Cluster) -> Vec<String> {
        evidence(cause, &self.facts(cause, cluster))
    }

    /// Commands over these rows.
    pub(crate) fn remedy(&self, cause: Cause, cluster: &Cluster) -> Vec<Remedy> {
        let over = Over::These(&cluster.mailboxes);
        let mut commands = remedy(cause, &self.names(over, &self.facts(cause, cluster)));
        note_shortened(&mut commands, cluster);
        commands
    }

    /// Commands over `$mailboxes`.
    pub(crate) fn remedy_of_variable(&self, cause: Cause, cluster: &Cluster) -> Vec<Remedy> {
        remedy(
            cause,
            &self.names(Over::Variable, &self.facts(cause, cluster)),
        )
    }

    /// The card of a cause.
    pub(crate) fn card(&self, group: &CauseGroup, cluster: &Cluster) -> CauseCard {
        let cause = group.cause;
        let names_over = Over::These(&cluster.mailboxes);
        let facts = self.facts(cause, cluster);
        let mut others = alternatives(cause, &self.names(names_over, &facts));
        for other in &mut others {
            note_shortened(&mut other.remedy, cluster);
        }
        CauseCard {
            cause,
            count: group.count,
            verdict: group.verdict,
            finding: group.finding,
            title: self.title(cause).to_owned(),
            explanation: self.explanation(cause),
            blame: cause.blame(),
            reasons: reasons(cause, &facts),
            evidence: evidence(cause, &facts),
            remedy: self.remedy(cause, cluster),
            alternatives: others,
            examples: group.examples.clone(),
        }
    }

    /// A card for each group, in their order; users and canaries that ended alike share one.
    pub(crate) fn cards(
        &self,
        groups: &[CauseGroup],
        clusters: &BTreeMap<Cause, Cluster>,
    ) -> Vec<CauseCard> {
        let nothing = Cluster::default();
        merged(groups)
            .iter()
            .map(|group| self.card(group, clusters.get(&group.cause).unwrap_or(&nothing)))
            .collect()
    }
}

/// Groups that a reader can't tell apart are one.
fn merged(groups: &[CauseGroup]) -> Vec<CauseGroup> {
    let mut merged: Vec<CauseGroup> = Vec::new();
    for group in groups {
        let alike = |known: &&mut CauseGroup| {
            (known.cause, known.verdict, known.finding)
                == (group.cause, group.verdict, group.finding)
        };
        match merged.iter_mut().find(alike) {
            Some(known) => known.count += group.count,
            None => merged.push(group.clone()),
        }
    }
    merged
}

/// Says where a command goes over the first of many only.
fn note_shortened(commands: &mut [Remedy], cluster: &Cluster) {
    let shown = cluster.mailboxes.len() as u64;
    if cluster.count <= shown {
        return;
    }
    let all = cluster.count;
    let sentence = format!(
        "Goes over the first {shown} of {all} mailboxes: Copy as PowerShell has all of them."
    );
    for command in commands
        .iter_mut()
        .filter(|command| command.powershell.contains("@('"))
    {
        command.note = Some(match command.note.take() {
            Some(note) => format!("{note} {sentence}"),
            None => sentence.clone(),
        });
    }
}

/// Host and port of an EWS URL; a text that is none stands for the host.
pub(crate) fn host_of(url: &str) -> (String, u16) {
    let parsed = url::Url::parse(url).ok();
    let host = parsed
        .as_ref()
        .and_then(url::Url::host_str)
        .unwrap_or(url)
        .to_owned();
    let port = parsed.and_then(|url| url.port_or_known_default());
    (host, port.unwrap_or(443))
}
