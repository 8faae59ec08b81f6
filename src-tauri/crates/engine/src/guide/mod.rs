//! Set-up guides that are readable offline, filled in with this organization's names; the pages that may
//! be opened from them. Nothing here talks to a server, and no command is ever run.

mod fill;
mod names;
mod order;
mod pages;
mod present;
mod reader;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::HashSet;

use contract::{
    Code, ExchangeNames, Guide, GuideRef, GuideSummary, GuidesQuery, MarkGuideStep, NoArgs,
    OrganizationId, Problem,
};
use jiff::civil::Date;
use store::guide_steps::DoneStep;
use store::{Tx, email_configurations, guide_steps, runs, users};

use self::fill::Known;
use self::order::Way;
use self::present::{Today, present, summary};
use crate::Engine;
use crate::email_configuration::EwsUrl;
use crate::organizations::known;
use crate::problems::Refusal;

pub use pages::WebPage;

impl Engine {
    /// The guides with their standing today, and how far each is done: those that the organization's way
    /// of signing in needs come first.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn guides_list(&self, request: GuidesQuery) -> Result<Vec<GuideSummary>, Problem> {
        let filling = self.filling(request.organization).await?;
        Ok(filling
            .way
            .ordered(texts::guides())
            .into_iter()
            .map(|(id, text)| summary(id, text, &filling.today, &filling.done))
            .collect())
    }

    /// One guide, filled in.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn guide_show(&self, request: GuideRef) -> Result<Guide, Problem> {
        let (id, text) = texts::guide(&request.guide).ok_or_else(no_guide)?;
        let filling = self.filling(request.organization).await?;
        let names = filling.known.names.clone();
        Ok(present(
            id,
            text,
            &filling.known,
            names,
            &filling.today,
            &filling.done,
        ))
    }

    /// `Mark done`.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn guide_mark(&self, request: MarkGuideStep) -> Result<NoArgs, Problem> {
        let (_, text) = texts::guide(&request.guide).ok_or_else(no_guide)?;
        if !text.steps.iter().any(|step| step.id == request.step) {
            return Err(no_guide());
        }
        let stage = self.stage();
        let now = stage.now();
        stage
            .write(move |tx| {
                known(tx, request.organization)?;
                let step = DoneStep {
                    guide: request.guide,
                    step: request.step,
                };
                if request.done {
                    guide_steps::mark(tx, request.organization, &step, &now)?;
                } else {
                    guide_steps::unmark(tx, request.organization, &step)?;
                }
                Ok(NoArgs {})
            })
            .await
    }

    async fn filling(&self, organization: Option<OrganizationId>) -> Result<Filling, Problem> {
        let stage = self.stage();
        let date = stage.today();
        let Some(organization) = organization else {
            return Ok(Filling::bare(date));
        };
        stage
            .read(move |tx| Filling::of(tx, organization, date))
            .await
    }
}

/// What the guides of an organization are filled in with.
struct Filling {
    known: Known,
    today: Today,
    done: HashSet<DoneStep>,
    way: Way,
}

impl Filling {
    /// No organization: placeholders.
    fn bare(date: Date) -> Self {
        Self {
            known: Known {
                names: ExchangeNames::default(),
                ..Known::default()
            },
            today: Today {
                date,
                server_version: None,
            },
            done: HashSet::new(),
            way: Way::default(),
        }
    }

    fn of(tx: &Tx<'_>, organization: OrganizationId, date: Date) -> Result<Self, Refusal> {
        let row = known(tx, organization)?;
        let form = email_configurations::load(tx, organization)?
            .map(|stored| stored.form)
            .unwrap_or_default();
        let latest = match runs::latest(tx, Some(organization))? {
            Some(run) => runs::show(tx, &run)?,
            None => None,
        };
        let url = EwsUrl::parse(&form.ews_url).ok();
        let way = Way {
            access_type: form.access_type,
            authority: form.modern.authority,
            platform: row.platform,
        };
        let examples = users::examples(tx, organization)?;
        let known = Known {
            account: form.account_logon,
            host: url.as_ref().map(EwsUrl::authority).unwrap_or_default(),
            ews_url: url.map(|url| url.to_string()).unwrap_or_default(),
            user: examples.user.unwrap_or_default(),
            canary: examples.canary.unwrap_or_default(),
            names: names::load(tx, organization)?,
            modern: form.modern,
        };
        Ok(Self {
            known,
            today: Today {
                date,
                server_version: latest.and_then(|run| run.row.server_version),
            },
            done: guide_steps::done(tx, organization)?.into_iter().collect(),
            way,
        })
    }
}

fn no_guide() -> Problem {
    Problem::new(Code::NotFound, "There is no such guide or step.")
        .hint("Load the list of guides again.")
}
