//! Graph behind the web server: who asks with which token, and what comes of each question about a
//! folder. The right to a mailbox is decided after the mailbox was found, as Graph does.

use hyper::Method;
use hyper::header::HeaderName;
use serde_json::{Value, json};

use super::{Visit, tokens};
use crate::bearer::{self, BearerRules, Claims};
use crate::counters::Tally;
use crate::directory::MailboxIndex;
use crate::fault::What;
use crate::folder_id::Folder;
use crate::graph::{Batch, GRAPH_ROLES, GraphRules, Ids, Outcome, Question};
use crate::operations::sound;
use crate::options::MailboxState;
use crate::reply::Reply;

const VERSION: &str = "/v1.0";

/// Who asks Graph.
struct Asker {
    /// An account or an application of the directory; none: nobody who may anything.
    caller: Option<usize>,
    /// A user, who has a mailbox and no others.
    is_user: bool,
    /// An application with a role in its token.
    consented: bool,
}

impl Visit<'_> {
    /// The rules of Graph, for a request that is meant for it.
    pub(super) fn graph_rules(&self) -> Option<(&BearerRules, &GraphRules)> {
        let rules = self.directory.options.bearer.as_ref()?;
        let graph = rules.graph.as_ref()?;
        is_graph(self.head.uri.path()).then_some((rules, graph))
    }

    /// An answer of Graph, dressed.
    pub(super) fn dressed(&self, outcome: Outcome) -> Reply {
        let sent = self.text_of(&HeaderName::from_static("client-request-id"));
        Reply::http(outcome.answer(&Ids::new(sent))).of_another_host()
    }

    /// The reply of Graph, if the request is meant for it.
    pub(super) fn graph(&self) -> Option<Reply> {
        let (rules, graph) = self.graph_rules()?;
        let mut twist = None;
        let outcome = match self.asker(rules, graph) {
            Ok(asker) => self.questions(&asker, graph, &mut twist),
            Err(refusal) => refusal,
        };
        Some(self.dressed(outcome).unless_twisted(twist))
    }

    fn asker(&self, rules: &BearerRules, graph: &GraphRules) -> Result<Asker, Outcome> {
        let token = tokens::sent(self.head).unwrap_or_default();
        if token.is_empty() {
            return Err(Outcome::no_token());
        }
        let verdict = self.judged(rules, token, |claims, court| {
            bearer::judge_for(&graph.audiences, claims, court)
        });
        match verdict {
            Ok((claims, ())) => Ok(self.known(&claims)),
            Err(refusal) => Err(Outcome::refused(&refusal)),
        }
    }

    fn known(&self, claims: &Claims) -> Asker {
        let consented = GRAPH_ROLES.iter().any(|role| claims.has_role(role));
        let scoped = GRAPH_ROLES.iter().any(|scope| claims.has_scope(scope));
        let directory = self.directory;
        let is_user = claims.is_delegated();
        let caller = if is_user {
            let account = claims.users().find_map(|name| directory.account(name));
            account.filter(|_| scoped)
        } else {
            directory.application(claims.application(), consented)
        };
        Asker {
            caller,
            is_user,
            consented,
        }
    }

    fn questions(&self, asker: &Asker, graph: &GraphRules, twist: &mut Option<What>) -> Outcome {
        let uri = &self.head.uri;
        let path = uri.path().get(VERSION.len()..).unwrap_or_default();
        if !path.eq_ignore_ascii_case("/$batch") {
            return match Question::read(self.head.method.as_str(), path, uri.query()) {
                Ok(question) => self.ask(&question, asker, graph, twist),
                Err(refusal) => refusal,
            };
        }
        if self.head.method != Method::POST {
            let text = "The method is not allowed for this resource.";
            return Outcome::error(405, "MethodNotAllowed", text);
        }
        let batch = match Batch::read(&self.body) {
            Ok(batch) => batch,
            Err(refusal) => return refusal,
        };
        self.world.graph.batch();
        batch.answer(|id, question| {
            let outcome = match question {
                Ok(question) => self.ask(&question, asker, graph, twist),
                Err(refusal) => refusal,
            };
            outcome.in_batch(id, &Ids::new(None))
        })
    }

    /// The answer to one question.
    fn ask(
        &self,
        question: &Question,
        asker: &Asker,
        graph: &GraphRules,
        twist: &mut Option<What>,
    ) -> Outcome {
        let directory = self.directory;
        if let Err(wait) = self.world.graph.ask(&question.user, graph.limit) {
            return Outcome::throttled(wait);
        }
        let found = directory
            .by_principal(&question.user)
            .or_else(|| directory.by_address(&question.user));
        let mut other = None;
        if let Some(what) = self.planned(question, found) {
            Tally::one(&self.world.tally.faults_struck);
            match Outcome::planned(what) {
                Ok(outcome) => return outcome,
                Err(What::WrongMailbox(primary)) => other = directory.by_primary(&primary),
                Err(what) => *twist = twist.take().or(Some(what)),
            }
        }
        match self.mailbox(question, found, asker) {
            Ok(mailbox) => self.folder(question, other.unwrap_or(mailbox)),
            Err(refusal) => refusal,
        }
    }

    /// A fault that is planned for this question.
    fn planned(&self, question: &Question, found: Option<MailboxIndex>) -> Option<What> {
        let primary = found.map(|mailbox| self.directory.mailbox(mailbox).primary.as_str());
        let names = [question.user.as_str(), primary.unwrap_or_default()];
        self.world.queue.on_request("GetMailFolder", &names)
    }

    /// The mailbox a question is about, if it can be had and this one may have it.
    fn mailbox(
        &self,
        question: &Question,
        found: Option<MailboxIndex>,
        asker: &Asker,
    ) -> Result<MailboxIndex, Outcome> {
        let caller = asker.caller.ok_or_else(Outcome::denied)?;
        let mailbox = found.ok_or_else(|| Outcome::unknown_user(&question.user))?;
        match self.directory.mailbox(mailbox).state {
            MailboxState::MailUser | MailboxState::Remote | MailboxState::Unlicensed => {
                Err(Outcome::not_enabled())
            }
            _ if self.may_read(asker, caller, mailbox) => Ok(mailbox),
            _ if asker.consented && !asker.is_user => Err(Outcome::blocked_by_policy()),
            _ => Err(Outcome::denied()),
        }
    }

    fn may_read(&self, asker: &Asker, caller: usize, mailbox: MailboxIndex) -> bool {
        let directory = self.directory;
        if !asker.is_user {
            return directory.may_impersonate(caller, mailbox);
        }
        directory.own_mailbox(caller) == Some(mailbox)
            || directory.is_open_to_all(&directory.mailbox(mailbox).primary)
    }

    /// The folder as `mailFolder`.
    fn folder(&self, question: &Question, mailbox: MailboxIndex) -> Outcome {
        let directory = self.directory;
        if let Err(error) = sound(mailbox, Some(&question.folder), directory) {
            return Outcome::of(&error);
        }
        let Some(folder) = Folder::named(&question.folder) else {
            let text = "The specified object was not found in the store.";
            return Outcome::error(404, "ErrorItemNotFound", text);
        };
        let guid = directory.guid(mailbox);
        let id = |folder: &Folder| {
            let id = folder.id_in(guid, directory.options.folder_ids);
            // Graph writes the same identifiers in the alphabet of URLs.
            id.replace('+', "-").replace('/', "_")
        };
        let parent = Folder::named(folder.parent).expect("every parent is in the table");
        let properties = [
            ("id", json!(id(folder))),
            ("displayName", json!(folder.display_name)),
            ("parentFolderId", json!(id(parent))),
            ("childFolderCount", json!(0)),
            ("unreadItemCount", json!(0)),
            ("totalItemCount", json!(0)),
            ("isHidden", json!(false)),
        ];
        let context = format!(
            "https://graph.microsoft.com{VERSION}/$metadata#users('{}')/mailFolders/$entity",
            question.user.replace('@', "%40").replace('\'', "''")
        );
        let mut body = serde_json::Map::new();
        body.insert("@odata.context".to_owned(), json!(context));
        for (name, value) in properties {
            if question.wants(name) {
                body.insert(name.to_owned(), value);
            }
        }
        Outcome::ok(Value::Object(body))
    }
}

/// Whether a path is Graph's.
pub(super) fn is_graph(path: &str) -> bool {
    let rest = path.get(..VERSION.len() + 1);
    rest.is_some_and(|start| start.eq_ignore_ascii_case("/v1.0/"))
}
