//! One test from its first step to its last. The steps are shown as they are taken; the first broken one
//! ends it; what was written is deleted whatever happens.

use std::sync::{Arc, Mutex, PoisonError};

use contract::{
    Cause, Problem, RunState, ServiceAccountTest, ServiceAccountTestState as State, Step,
    StepStatus, Verdict,
};
use exchange::StatsSnapshot;
use tokio::sync::{mpsc, watch};

use super::draft::{Unclean, Wrote};
use super::guarded::{Panicked, guarded};
use super::ladder;
use super::mailbox::Folder;
use super::record::{Kept, Record};
use super::subject::{Checked, Subject};
use crate::Engine;
use crate::checks::{
    Access, Approach, Asking, Discovered, Facts, Ground, Opened, Rung as _, Session,
};
use crate::diagnosis::wording::Words;
use crate::discovery::{self, Lookup, NotFound};
use crate::jobs::Desk;
use crate::stage::Stage;

/// A test that is being played.
pub(super) struct Played<'a> {
    pub(super) subject: &'a Subject,
    pub(super) checked: &'a Checked,
    /// The newest question.
    pub(super) asking: Asking,
    found: &'a watch::Sender<ServiceAccountTest>,
    record: &'a Record,
    /// A draft that is on its way or there.
    pub(super) unclean: &'a Mutex<Option<Unclean>>,
    host: String,
}

/// How it ended.
struct End {
    state: RunState,
    verdict: Verdict,
    cause: Option<Cause>,
    message: String,
    asking: Asking,
    facts: Facts,
    wire: StatsSnapshot,
}

/// What all steps of a test share.
#[derive(Clone, Copy)]
struct Shared<'a> {
    checked: &'a Checked,
    found: &'a watch::Sender<ServiceAccountTest>,
    record: &'a Record,
    unclean: &'a Mutex<Option<Unclean>>,
}

/// Plays a test and keeps its run. Whatever happens inside, the run ends and the draft goes.
pub(super) async fn play(
    engine: Engine,
    stage: Arc<Stage>,
    mut subject: Subject,
    checked: Checked,
    desk: Desk<ServiceAccountTest, bool>,
    record: Record,
) {
    let Desk {
        found,
        cancel,
        answers,
    } = desk;
    pass_on(cancel, record.cancel.clone());
    let unclean = Mutex::new(None);
    let shared = Shared {
        checked: &checked,
        found: &found,
        record: &record,
        unclean: &unclean,
    };
    let work = perform(&engine, &stage, &mut subject, shared, answers);
    let ended = match guarded(Box::pin(work)).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(problem)) => broken_off(&found, &problem),
        Err(Panicked) => {
            let mut played = Played::new(&subject, shared);
            let swept = guarded(Box::pin(played.sweep(&stage))).await;
            interrupted(swept.unwrap_or_else(|Panicked| played.untidy()))
        }
    };
    let mut steps = found.borrow().steps.clone();
    ladder::close(&mut steps);
    let kept = Kept {
        state: ended.state,
        verdict: ended.verdict,
        cause: ended.cause,
        message: ended.message.clone(),
        asking: ended.asking,
        facts: ended.facts,
        wire: ended.wire,
        steps: steps.clone(),
    };
    record.end(&stage, &subject, kept).await;
    found.send_modify(|test| {
        test.state = match ended.state {
            RunState::Cancelled => State::Cancelled,
            _ => State::Done,
        };
        test.steps = steps;
        test.verdict = Some(ended.verdict);
        test.cause = ended.cause;
        test.message = Some(ended.message);
    });
}

/// Every step, from Autodiscover on.
async fn perform(
    engine: &Engine,
    stage: &Arc<Stage>,
    subject: &mut Subject,
    shared: Shared<'_>,
    mut answers: mpsc::UnboundedReceiver<bool>,
) -> Result<End, Problem> {
    let discovered = match discover(engine, subject, shared).await {
        Ok(discovered) => discovered,
        Err(NotFound::Cancelled) => {
            return Ok(cancelled(Facts::default(), StatsSnapshot::default()));
        }
        Err(NotFound::Nothing { problem, cause, .. }) => {
            return Ok(End {
                cause,
                state: cause.map_or(RunState::Incomplete, |_| RunState::Stopped),
                ..broken_off(shared.found, &problem)
            });
        }
    };
    let mut played = Played::new(subject, shared);
    played.whole(stage, discovered, &mut answers).await
}

/// Stopping the test from its own window stops its run.
fn pass_on(mut cancel: watch::Receiver<bool>, to: watch::Sender<bool>) {
    tokio::spawn(async move {
        // An error means that the test has ended.
        if cancel.wait_for(|cancelled| *cancelled).await.is_ok() {
            to.send_replace(true);
        }
    });
}

/// Autodiscover as a step, where it was asked for: what it finds is what is tested.
async fn discover(
    engine: &Engine,
    subject: &mut Subject,
    shared: Shared<'_>,
) -> Result<Option<Discovered>, NotFound> {
    let Shared {
        checked,
        found,
        record,
        ..
    } = shared;
    let organization = subject.organization.as_ref().map(|(id, _)| *id);
    let Some(organization) = organization.filter(|_| checked.autodiscover) else {
        return Ok(None);
    };
    ladder::show(found, ladder::step(found, "discovery").running());
    let started = tokio::time::Instant::now();
    record.tell(&found.borrow().steps);
    let lookup = Lookup {
        organization,
        address: checked.mailbox.clone(),
        plan: subject.plan.clone(),
        password: Some(subject.password.clone()),
        sending: subject.sending.clone(),
    };
    let asked = discovery::find(engine, lookup, record.cancel.subscribe());
    let answer = asked.await.inspect_err(|missed| {
        let NotFound::Nothing {
            problem,
            cause,
            steps,
        } = missed
        else {
            return;
        };
        let step = ladder::step(found, "discovery").took(Some(started.elapsed()));
        let step = Step {
            status: StepStatus::Fail,
            cause: *cause,
            message: problem.message.clone(),
            next: problem.hint.clone(),
            // A host that nobody confirmed is nobody's fault.
            blame: cause.map(Cause::blame),
            ..step.seen(discovery::told(steps))
        };
        ladder::show(found, step);
    })?;
    subject.plan.ews_url.clone_from(&answer.url);
    subject
        .plan
        .resolve
        .extend(engine.inner.resolve.iter().cloned());
    Ok(Some(Discovered {
        took: Some(started.elapsed()),
        ..answer.into()
    }))
}

/// It could not go on for a reason that is no finding.
fn broken_off(found: &watch::Sender<ServiceAccountTest>, problem: &Problem) -> End {
    let told = found
        .borrow()
        .steps
        .iter()
        .any(|step| step.status == StepStatus::Fail);
    if !told {
        let step = Step {
            status: StepStatus::Fail,
            message: problem.message.clone(),
            next: problem.hint.clone(),
            ..ladder::step(found, "form")
        };
        ladder::show(found, step);
    }
    End {
        state: RunState::Incomplete,
        verdict: Verdict::NotChecked,
        cause: None,
        message: problem.message.clone(),
        asking: Asking::default(),
        facts: Facts::default(),
        wire: StatsSnapshot::default(),
    }
}

/// A bug of ours ended it.
fn interrupted(left: Option<String>) -> End {
    let message = "The test broke off because of an error in this program.";
    End {
        state: RunState::Interrupted,
        verdict: Verdict::NotChecked,
        cause: None,
        message: left.map_or_else(|| message.to_owned(), |left| format!("{message} {left}")),
        asking: Asking::default(),
        facts: Facts::default(),
        wire: StatsSnapshot::default(),
    }
}

impl<'a> Played<'a> {
    fn new(subject: &'a Subject, shared: Shared<'a>) -> Self {
        let url = url::Url::parse(&subject.plan.ews_url).ok();
        Self {
            subject,
            checked: shared.checked,
            asking: Asking::default(),
            found: shared.found,
            record: shared.record,
            unclean: shared.unclean,
            host: url
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_default(),
        }
    }
}

impl Played<'_> {
    pub(super) fn step(&self, id: &str) -> Step {
        ladder::step(self.found, id)
    }

    pub(super) fn show(&self, step: Step) {
        ladder::show(self.found, step);
        self.record.tell(&self.found.borrow().steps);
    }

    /// Names for sentences.
    pub(super) fn words(&self) -> Words<'_> {
        Words {
            account: &self.subject.plan.account,
            host: &self.host,
            offered: &[],
            auth: self.subject.plan.authentication.as_str(),
            application: self.subject.plan.approach != Approach::Account,
            authority: None,
        }
    }

    async fn whole(
        &mut self,
        stage: &Arc<Stage>,
        discovered: Option<Discovered>,
        answers: &mut mpsc::UnboundedReceiver<bool>,
    ) -> Result<End, Problem> {
        let newest = Mutex::new(Facts::default());
        let (found, record) = (self.found, self.record);
        let tell = |access: &Access, facts: &Facts, logged_on: bool| {
            let mut facts = facts.clone();
            facts.discovery.clone_from(&discovered);
            show_ground(found, access, &facts, None, (logged_on, true));
            record.tell(&found.borrow().steps);
            *newest.lock().unwrap_or_else(PoisonError::into_inner) = facts;
        };
        let opened = Session::open_telling(
            stage,
            &self.subject.plan,
            &self.subject.password,
            &self.subject.sending,
            self.record.cancel.subscribe(),
            &tell,
        );
        match opened.await? {
            Opened::Yes(mut session) => {
                session.facts.discovery = discovered;
                show_ground(found, &session.access, &session.facts, None, (true, false));
                Ok(self.signed_in(&mut session, answers).await)
            }
            Opened::Stopped(stopped) => {
                let mut facts = stopped.facts;
                facts.discovery = discovered;
                let why = Some((stopped.cause, stopped.message.as_str()));
                show_ground(found, &stopped.access, &facts, why, (false, false));
                Ok(End {
                    state: RunState::Stopped,
                    verdict: Verdict::NotChecked,
                    cause: Some(stopped.cause),
                    message: stopped.message,
                    asking: Asking::default(),
                    facts,
                    wire: stopped.access.mailroom.snapshot(),
                })
            }
            Opened::Cancelled(facts, wire) => {
                let facts = Facts {
                    discovery: discovered,
                    ..*facts
                };
                Ok(cancelled(facts, wire))
            }
        }
    }

    /// The steps after the log-on.
    async fn signed_in(
        &mut self,
        session: &mut Session,
        answers: &mut mpsc::UnboundedReceiver<bool>,
    ) -> End {
        self.own(session).await;
        if session.cancelled() {
            return cancelled(session.facts.clone(), session.wire());
        }
        let folder = self.folder(session).await;
        if session.cancelled() {
            return cancelled(session.facts.clone(), session.wire());
        }
        let asking = self.asking.clone();
        let end = |state, verdict, cause, message: String, session: &Session| End {
            state,
            verdict,
            cause,
            message,
            asking: asking.clone(),
            facts: session.facts.clone(),
            wire: session.wire(),
        };
        let note = match folder {
            Folder::Closed(cause, message) => {
                return end(
                    state_of(cause),
                    cause.verdict(),
                    Some(cause),
                    message,
                    session,
                );
            }
            Folder::Unproven(cause, message) => {
                let verdict = Verdict::Undetermined;
                return end(RunState::Incomplete, verdict, Some(cause), message, session);
            }
            Folder::Opened(note) => note,
        };
        let no_mailbox = session.facts.own_mailbox == Some(false);
        if no_mailbox && self.checked.user.is_some() {
            self.rooms(session, true).await;
        }
        let message = self.opened_sentence(note);
        if !self.may_write(session, answers).await {
            return if session.cancelled() {
                End {
                    verdict: Verdict::Granted,
                    ..cancelled(session.facts.clone(), session.wire())
                }
            } else {
                end(RunState::Complete, Verdict::Granted, None, message, session)
            };
        }
        let was_cancelled = |record: &Record| *record.cancel.borrow();
        match self.draft(session).await {
            Wrote::Clean if was_cancelled(self.record) => End {
                verdict: Verdict::Granted,
                message: "Stopped. The draft was deleted all the same.".to_owned(),
                ..cancelled(session.facts.clone(), session.wire())
            },
            Wrote::Clean => {
                let message = format!("{message} A draft was created and deleted again.");
                end(RunState::Complete, Verdict::Granted, None, message, session)
            }
            // A finding of its own, which only writing shows.
            Wrote::Not(cause @ Cause::MailboxOverQuota, message) => end(
                state_of(cause),
                cause.verdict(),
                Some(cause),
                message,
                session,
            ),
            // The mailbox did open. That writing it failed stands on its step.
            Wrote::Not(_, failed) => {
                let message = format!("{message} {failed}");
                end(
                    RunState::Incomplete,
                    Verdict::Granted,
                    None,
                    message,
                    session,
                )
            }
            Wrote::Left(message) => end(
                RunState::Incomplete,
                Verdict::Granted,
                None,
                message,
                session,
            ),
        }
    }

    fn opened_sentence(&self, note: Option<&str>) -> String {
        let (account, target) = (&self.subject.plan.account, self.checked.mailbox.as_str());
        let name = self.checked.folder_name();
        match (note, &self.checked.user) {
            (Some(note), _) => format!("The {name} of {target} opened: {note}."),
            (None, Some(_)) => format!("{account} opened the {name} of {target} by impersonation."),
            (None, None) => format!("{account} opened the {name} of {target} by its own rights."),
        }
    }

    /// Asks again before anything is written.
    async fn may_write(
        &mut self,
        session: &Session,
        answers: &mut mpsc::UnboundedReceiver<bool>,
    ) -> bool {
        let mut write = self.checked.write;
        if write {
            self.found.send_modify(|test| test.state = State::Asking);
            let mut cancel = self.record.cancel.subscribe();
            write = tokio::select! {
                biased;
                _ = cancel.wait_for(|cancelled| *cancelled) => false,
                answer = answers.recv() => answer.unwrap_or(false),
            };
            self.found.send_modify(|test| test.state = State::Running);
        }
        if !write {
            let why = match (self.checked.write, session.cancelled()) {
                (false, _) => "Left out: read only",
                (true, true) => "Not reached.",
                (true, false) => "Left out: nobody allowed it",
            };
            self.show(self.step("create_item").skipped(why));
            self.show(self.step("delete_item").skipped(why));
        }
        write
    }
}

fn show_ground(
    found: &watch::Sender<ServiceAccountTest>,
    access: &Access,
    facts: &Facts,
    stopped: Option<(Cause, &str)>,
    (logged_on, going_on): (bool, bool),
) {
    let ground = Ground {
        facts,
        access,
        stopped,
        logged_on,
        going_on,
        now: access.clock.now(),
    };
    for step in ground.steps() {
        ladder::show(found, step);
    }
}

/// What one mailbox cannot tell is undetermined; what stops every run stops this one.
fn state_of(cause: Cause) -> RunState {
    match cause.verdict() {
        Verdict::NotChecked => RunState::Stopped,
        _ if cause.stops() => RunState::Stopped,
        Verdict::Undetermined => RunState::Incomplete,
        _ => RunState::Complete,
    }
}

fn cancelled(facts: Facts, wire: StatsSnapshot) -> End {
    End {
        state: RunState::Cancelled,
        verdict: Verdict::NotChecked,
        cause: None,
        message: "Stopped. The steps that were left are not checked.".to_owned(),
        asking: Asking::default(),
        facts,
        wire,
    }
}
