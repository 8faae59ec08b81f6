//! Asks a person before the password goes to a new host, waits for the answer, and keeps it where that
//! is wanted.

use contract::{CertificateInfo, ConsentAnswer, ConsentQuestion, DiscoveryState};
use store::confirmed_hosts::{self, ConfirmedHost};

use super::consent::Standing;
use super::walk::{Cancelled, Walk, or_cancelled};

impl Walk {
    /// Whether the password may go to this host; `Err`: why not.
    pub(super) async fn consent(
        &mut self,
        host: &str,
        told: String,
        leaf: Option<&CertificateInfo>,
        number: u32,
    ) -> Result<Result<(), String>, Cancelled> {
        let sha256 = leaf.map(|leaf| leaf.sha256.as_str());
        match self.quest.consents.standing(host, sha256) {
            Standing::Allowed => return Ok(Ok(())),
            Standing::Refused(why) => return Ok(Err(why)),
            Standing::Ask => {}
        }
        self.questions += 1;
        let question = ConsentQuestion {
            question: self.questions,
            host: host.to_owned(),
            account: self.quest.plan.account.clone(),
            found: self.clean(told),
            certificate: leaf.cloned(),
        };
        self.edit(number, |step| {
            "Waits for your consent.".clone_into(&mut step.result);
        });
        self.desk.found.send_modify(|found| {
            found.state = DiscoveryState::Asking;
            found.question = Some(question);
        });
        let (answer, remember) = self.answered().await?;
        self.desk.found.send_modify(|found| {
            found.state = DiscoveryState::Running;
            found.question = None;
        });
        match answer {
            ConsentAnswer::Cancel => Err(Cancelled),
            ConsentAnswer::Skip => {
                self.quest.consents.skip(host);
                Ok(Err(format!("Not sent: you skipped {host}.")))
            }
            ConsentAnswer::Send => {
                self.quest.consents.give(host, sha256);
                if remember {
                    self.remember(host, sha256).await;
                }
                Ok(Ok(()))
            }
        }
    }

    /// The answer to the newest question; those to others came too late.
    async fn answered(&mut self) -> Result<(ConsentAnswer, bool), Cancelled> {
        loop {
            let answers = self.desk.answers.recv();
            let answer = or_cancelled(&mut self.desk.cancel, answers).await?;
            // Nobody is left to answer.
            let answer = answer.ok_or(Cancelled)?;
            if answer.question == self.questions {
                return Ok((answer.answer, answer.remember));
            }
        }
    }

    /// A consent that cannot be kept is asked for again next time, and no more.
    async fn remember(&self, host: &str, sha256: Option<&str>) {
        let (Some(organization), Some(sha256)) = (self.quest.organization, sha256) else {
            return;
        };
        let host = ConfirmedHost {
            host: host.to_owned(),
            sha256: sha256.to_owned(),
            confirmed_at: self.quest.stage.now(),
        };
        let kept = self
            .quest
            .stage
            .db
            .write(move |tx| confirmed_hosts::confirm(tx, organization, &host));
        if let Err(error) = kept.await {
            tracing::warn!(%error, "a confirmed host could not be kept");
        }
    }
}
