//! Service Account Access: Microsoft's connectivity test for one mailbox, run here. The same questions,
//! a step each with its time and what was seen; the password goes to the Exchange server and to nobody
//! else. It writes only where it was asked to, asked again, and takes away what it wrote.

mod draft;
mod guarded;
mod ladder;
mod mailbox;
mod play;
mod record;
mod subject;
mod values;

use std::sync::Arc;

use contract::{
    AnswerWriteTest, Code, CopyText, NoArgs, Problem, Secret, ServiceAccountFields,
    ServiceAccountTest, ServiceAccountTestRef, ServiceAccountTestState, ServiceAccountValues,
    StartServiceAccountTest,
};
use tokio::sync::watch;

use self::subject::Subject;
use crate::Engine;
use crate::checks::{Finder, Plan, Prepared, Request, SendAgain, prepare_adjusted};

/// A test without a stored organization.
pub struct ServiceAccountAudit {
    /// How to reach Exchange.
    pub plan: Plan,
    /// The password; in memory for this test only.
    pub password: Secret,
    /// What to test.
    pub fields: ServiceAccountFields,
}

/// A test that goes on.
pub struct StartedTest {
    /// Its id.
    pub test: String,
    /// What it has found so far; the last value is the final one.
    pub found: watch::Receiver<ServiceAccountTest>,
}

impl Engine {
    /// Starts a test with the form as it stands.
    ///
    /// # Errors
    /// Bad input costs no request: [`Code::Invalid`], [`Code::PasswordNeeded`],
    /// [`Code::PasswordRefused`], [`Code::AlreadyRunning`], [`Code::Offline`].
    pub async fn service_account_start(
        &self,
        request: StartServiceAccountTest,
    ) -> Result<ServiceAccountTestRef, Problem> {
        let started = Box::pin(self.service_account_test(request, |_| ())).await?;
        Ok(ServiceAccountTestRef { test: started.test })
    }

    /// The same, for whoever waits for its end; `adjust` changes the stored settings.
    ///
    /// # Errors
    /// As [`Self::service_account_start`].
    pub async fn service_account_test(
        &self,
        request: StartServiceAccountTest,
        adjust: impl FnOnce(&mut Plan) + Send,
    ) -> Result<StartedTest, Problem> {
        let how = Request {
            organization: request.organization,
            form: request.form,
            password: request.password,
            send_again: request.send_again,
            proxy_password: request.proxy_password,
        };
        let prepared = prepare_adjusted(self, how, Finder::Caller, adjust);
        let Prepared {
            organization,
            plan,
            to_find,
            fingerprint,
            draft,
            password,
            sending,
        } = Box::pin(prepared).await?;
        let subject = Subject {
            organization: Some(organization),
            plan,
            to_find,
            fingerprint,
            draft,
            password,
            sending,
            fields: request.fields,
        };
        self.perform(subject).await
    }

    /// A test that keeps nothing but its run, where this engine keeps runs.
    ///
    /// # Errors
    /// As [`Self::service_account_start`].
    pub async fn service_account_audit(
        &self,
        audit: ServiceAccountAudit,
    ) -> Result<StartedTest, Problem> {
        let subject = Subject {
            organization: None,
            plan: audit.plan,
            to_find: false,
            fingerprint: String::new(),
            draft: false,
            password: audit.password,
            sending: self.sending.clone(),
            fields: audit.fields,
        };
        self.perform(subject).await
    }

    /// A test, as far as it is.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    #[expect(clippy::unused_async, reason = "every command is asynchronous")]
    pub async fn service_account_show(
        &self,
        request: ServiceAccountTestRef,
    ) -> Result<ServiceAccountTest, Problem> {
        let found = self.stage().service_account_tests.found(&request.test);
        found.ok_or_else(gone)
    }

    /// Answers whether the draft may be written.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::NotAllowed`] where nothing was asked.
    #[expect(clippy::unused_async, reason = "every command is asynchronous")]
    pub async fn service_account_answer(
        &self,
        request: AnswerWriteTest,
    ) -> Result<NoArgs, Problem> {
        let tests = &self.stage().service_account_tests;
        let found = tests.found(&request.test).ok_or_else(gone)?;
        if found.state != ServiceAccountTestState::Asking
            || !tests.answer(&request.test, request.write)
        {
            let message = "This test isn't waiting for an answer.";
            return Err(Problem::new(Code::NotAllowed, message));
        }
        Ok(NoArgs {})
    }

    /// Stops a test; what it wrote is deleted all the same.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    #[expect(clippy::unused_async, reason = "every command is asynchronous")]
    pub async fn service_account_cancel(
        &self,
        request: ServiceAccountTestRef,
    ) -> Result<NoArgs, Problem> {
        if self.stage().service_account_tests.cancel(&request.test) {
            Ok(NoArgs {})
        } else {
            Err(gone())
        }
    }

    /// The values to paste into Microsoft's form. Never the password.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Invalid`] where there is no form.
    pub async fn service_account_values(
        &self,
        request: ServiceAccountValues,
    ) -> Result<CopyText, Problem> {
        values::values(self, request).await
    }

    async fn perform(&self, subject: Subject) -> Result<StartedTest, Problem> {
        let stage = self.stage();
        let checked = subject.check()?;
        subject.plan.served()?;
        // What Autodiscover finds may be another server; who asks it asks the guard first.
        let known = !checked.autodiscover && !subject.plan.ews_url.is_empty();
        if subject.sending.again == SendAgain::Ask
            && known
            && let Some(refused) = self
                .password_refused_at(&subject.plan, &subject.password)
                .await?
        {
            return Err(refused);
        }
        let id = uuid::Builder::from_random_bytes(stage.dice.roll())
            .into_uuid()
            .to_string();
        let record = record::Record::begin(&stage, &subject, &checked).await?;
        let first = ladder::nothing_yet(&id, &checked, record.run.clone());
        let desk = stage.service_account_tests.enter(id.clone(), first);
        let found = desk.found.subscribe();
        tokio::spawn(play::play(
            self.clone(),
            Arc::clone(&stage),
            subject,
            checked,
            desk,
            record,
        ));
        Ok(StartedTest { test: id, found })
    }
}

fn gone() -> Problem {
    Problem::new(Code::NotFound, "This test isn't kept any more.")
}
