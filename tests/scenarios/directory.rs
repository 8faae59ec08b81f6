//! Users from Exchange: groups in groups, rooms, names; as an account with and without a mailbox, and
//! never a password twice.

use contract::{
    Authentication, CheckPassword, Code, DirectoryLookup, DirectoryLookupRef, DirectorySource,
    DirectoryState, EmailConfigurationForm, ImportApply, ImportGroup, ImportRows, OrganizationId,
    OrganizationsQuery, PasswordChange, SaveEmailConfiguration, Secret, StartDirectoryLookup,
};
use engine::Engine;
use exchange_sim::{Account, EwsError, Group, Mailbox, MailboxState, Role, Simulator};
use support::{ACCOUNT, PASSWORD, engine, server, start};

/// An organization with the settings of this server saved.
struct Contoso {
    engine: Engine,
    organization: OrganizationId,
    server: Simulator,
}

impl Contoso {
    async fn on(mut options: exchange_sim::Options) -> Self {
        options.offered = vec!["NTLM".to_owned()];
        let server = start(options).await;
        let engine = engine().await;
        let listed = engine.organizations_list(OrganizationsQuery::default());
        let organization = listed.await.expect("a list")[0].id;
        let form = EmailConfigurationForm {
            account_logon: ACCOUNT.to_owned(),
            ews_url: server.ews_url(),
            authentication: Authentication::Ntlm,
            ..EmailConfigurationForm::default()
        };
        let save = SaveEmailConfiguration {
            organization,
            form,
            password: PasswordChange::Store {
                password: Secret::new(PASSWORD.to_owned()),
            },
            proxy_password: None,
            app_credential: contract::AppCredentialChange::Keep,
        };
        engine.email_configuration_save(save).await.expect("saved");
        Self {
            engine,
            organization,
            server,
        }
    }

    fn request(&self, source: DirectorySource) -> StartDirectoryLookup {
        StartDirectoryLookup {
            organization: self.organization,
            form: None,
            password: CheckPassword::Stored,
            source,
            send_again: false,
            proxy_password: None,
        }
    }

    async fn look(&self, source: DirectorySource) -> DirectoryLookup {
        let started = self.engine.directory_start(self.request(source)).await;
        let lookup = started.expect("it starts").lookup;
        loop {
            let found = self.engine.directory_wait(&lookup).await.expect("known");
            if found.state != DirectoryState::Running {
                return found;
            }
        }
    }

    /// Addresses that would be added, with their kind.
    async fn to_add(&self, lookup: &DirectoryLookup) -> Vec<(String, Option<String>)> {
        let Some(preview) = &lookup.preview else {
            return Vec::new();
        };
        let rows = ImportRows {
            token: preview.token.clone(),
            group: Some(ImportGroup::New),
            offset: 0,
            limit: 1_000,
        };
        let page = self.engine.users_import_rows(rows).await.expect("a page");
        let rows = page.rows.into_iter();
        rows.map(|row| (row.address, row.kind)).collect()
    }

    async fn add_user(&self, address: &str) {
        let add = contract::AddUser {
            organization: self.organization,
            address: address.to_owned(),
            name: String::new(),
            upn: None,
            sid: None,
            must_refuse: false,
            tags: String::new(),
        };
        self.engine.user_add(add).await.expect("added");
    }
}

fn group(address: &str) -> DirectorySource {
    DirectorySource::Group {
        address: address.to_owned(),
    }
}

fn name(name: &str) -> DirectorySource {
    DirectorySource::Name {
        name: name.to_owned(),
    }
}

/// Sales, with Leads inside, which has Sales inside: a circle.
fn nested() -> exchange_sim::Options {
    let mut options = server(4);
    let mut remote = Mailbox::new("remote@contoso.com", "Remote");
    remote.state = MailboxState::Remote;
    options.mailboxes.push(remote);
    options.hidden.insert("user4@contoso.com".to_owned());
    options.groups = vec![
        Group::new(
            "sales@contoso.com",
            "Sales",
            &[
                "user1@contoso.com",
                "leads@contoso.com",
                "remote@contoso.com",
                "someone@fabrikam.com",
            ],
        ),
        Group::new(
            "leads@contoso.com",
            "Leads",
            &[
                "user2@contoso.com",
                "user1@contoso.com",
                "user4@contoso.com",
                "sales@contoso.com",
            ],
        ),
    ];
    options
}

/// The service account has no mailbox, and may impersonate everybody.
fn without_mailbox(mut options: exchange_sim::Options) -> exchange_sim::Options {
    options.accounts = vec![Account {
        mailbox: None,
        role: Role::Everyone,
        ..Account::default()
    }];
    options
        .mailboxes
        .retain(|mailbox| !mailbox.primary.starts_with("svc-ews"));
    options
}

#[tokio::test]
async fn groups_inside_of_groups_are_opened_once() {
    let contoso = Contoso::on(nested()).await;
    contoso.add_user("user2@contoso.com").await;
    let found = contoso.look(group("Sales@contoso.com")).await;
    assert_eq!(found.state, DirectoryState::Done, "{found:?}");
    assert_eq!((found.groups, found.waiting, found.found), (2, 0, 2));
    assert_eq!(
        contoso.to_add(&found).await,
        [("user1@contoso.com".to_owned(), None)],
        "user2 is here already"
    );
    let notes = found.notes.join("\n");
    assert!(
        notes.contains("1 left out: contacts and mail users"),
        "{notes}"
    );
    assert!(
        notes.contains("1 left out: addresses that are not in the directory"),
        "{notes}"
    );
    assert!(notes.contains("hidden from address lists"), "{notes}");
    let preview = found.preview.expect("a preview");
    let applied = ImportApply {
        token: preview.token,
    };
    let added = contoso.engine.users_import_apply(applied).await;
    assert_eq!(added.expect("added").added, 1);
    assert_eq!(
        contoso.server.counters().log_ons_ok,
        1,
        "one log-on for all of it"
    );
}

#[tokio::test]
async fn an_account_without_mailbox_asks_while_acting_as_a_user() {
    let contoso = Contoso::on(without_mailbox(nested())).await;
    let alone = contoso.look(group("sales@contoso.com")).await;
    assert_eq!(alone.state, DirectoryState::Failed);
    let message = alone.message.unwrap_or_default();
    assert!(
        message.contains("no mailbox") && message.contains("Add one user first"),
        "{message}"
    );

    contoso.add_user("user3@contoso.com").await;
    let found = contoso.look(group("sales@contoso.com")).await;
    assert_eq!(found.state, DirectoryState::Done, "{found:?}");
    assert_eq!(found.found, 2);
    let notes = found.notes.join("\n");
    assert!(
        notes.contains("while acting as user3@contoso.com"),
        "{notes}"
    );
}

#[tokio::test]
async fn a_user_who_may_not_be_acted_as_is_passed_over() {
    let mut options = without_mailbox(nested());
    options.accounts[0].role = Role::Only(["user2@contoso.com".to_owned()].into());
    let contoso = Contoso::on(options).await;
    contoso.add_user("user3@contoso.com").await;
    let refused = contoso.look(group("sales@contoso.com")).await;
    assert_eq!(refused.state, DirectoryState::Failed);
    let message = refused.message.unwrap_or_default();
    assert!(message.contains("may not act as a user"), "{message}");
    contoso.add_user("user2@contoso.com").await;
    let found = contoso.look(group("sales@contoso.com")).await;
    assert_eq!(found.state, DirectoryState::Done, "{found:?}");
}

#[tokio::test]
async fn rooms_come_with_their_kind_and_no_lists_is_an_answer_of_its_own() {
    let mut options = server(1);
    for room in ["room1", "room2"] {
        let address = format!("{room}@contoso.com");
        options.mailboxes.push(Mailbox::new(&address, room));
    }
    options.groups = vec![
        Group::room_list(
            "b1@contoso.com",
            "Building 1",
            &["room1@contoso.com", "room2@contoso.com"],
        ),
        Group::room_list("b2@contoso.com", "Building 2", &["room2@contoso.com"]),
    ];
    let contoso = Contoso::on(options).await;
    let found = contoso.look(DirectorySource::Rooms).await;
    assert_eq!(
        (found.state, found.groups, found.found),
        (DirectoryState::Done, 2, 2)
    );
    let room = |name: &str| (name.to_owned(), Some("RoomMailbox".to_owned()));
    assert_eq!(
        contoso.to_add(&found).await,
        [room("room1@contoso.com"), room("room2@contoso.com")]
    );

    for omits in [false, true] {
        let mut options = server(1);
        options.omits_empty_room_lists = omits;
        let contoso = Contoso::on(options).await;
        let found = contoso.look(DirectorySource::Rooms).await;
        assert_eq!(found.state, DirectoryState::Done);
        let message = found.message.unwrap_or_default();
        assert!(
            message.starts_with("No room lists are defined."),
            "{message}"
        );
        assert!(found.preview.is_none());
    }
}

#[tokio::test]
async fn without_a_mailbox_rooms_are_asked_for_as_a_user() {
    let mut options = without_mailbox(server(1));
    options.rooms_refusal = Some(EwsError::new("ErrorNameResolutionNoMailbox"));
    options.groups = vec![Group::room_list(
        "b1@contoso.com",
        "B1",
        &["user1@contoso.com"],
    )];
    let contoso = Contoso::on(options).await;
    contoso.add_user("user1@contoso.com").await;
    let found = contoso.look(DirectorySource::Rooms).await;
    assert_eq!(
        (found.state, found.found),
        (DirectoryState::Done, 1),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_name_that_fits_many_is_cut_off_and_said_so() {
    let contoso = Contoso::on(server(150)).await;
    let found = contoso.look(name("User")).await;
    assert_eq!((found.state, found.found), (DirectoryState::Done, 100));
    let notes = found.notes.join("\n");
    assert!(notes.contains("Exchange shows 100 at most"), "{notes}");
    let nobody = contoso.look(name("Zoltan")).await;
    assert_eq!(nobody.state, DirectoryState::Done);
    assert_eq!(
        nobody.message.as_deref(),
        Some("Nobody in the directory is called Zoltan.")
    );
}

#[tokio::test]
async fn a_refused_password_is_sent_once_and_not_again_unless_asked() {
    let mut options = nested();
    options.accounts[0].password = "another one".to_owned();
    let contoso = Contoso::on(options).await;
    let refused = contoso.look(group("sales@contoso.com")).await;
    assert_eq!(refused.state, DirectoryState::Failed);
    let message = refused.message.unwrap_or_default();
    assert!(message.contains("refused"), "{message}");
    let again = contoso.request(DirectorySource::Rooms);
    let problem = contoso
        .engine
        .directory_start(again)
        .await
        .expect_err("held back");
    assert_eq!(problem.code, Code::PasswordRefused);
    assert_eq!(
        contoso.server.counters().log_ons_refused,
        1,
        "once, and no more"
    );
}

#[tokio::test]
async fn an_unknown_group_and_bad_input_are_told_apart() {
    let contoso = Contoso::on(nested()).await;
    let unknown = contoso.look(group("nobody@contoso.com")).await;
    assert_eq!(unknown.state, DirectoryState::Failed);
    let message = unknown.message.unwrap_or_default();
    assert!(
        message.starts_with("There is no group with the address nobody@contoso.com"),
        "{message}"
    );
    for (source, field) in [(group("not an address"), "address"), (name("  "), "name")] {
        let problem = contoso
            .engine
            .directory_start(contoso.request(source))
            .await;
        let problem = problem.expect_err("bad input");
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (Code::Invalid, Some(field))
        );
    }
    let gone = DirectoryLookupRef {
        lookup: "no such".to_owned(),
    };
    let problem = contoso.engine.directory_show(gone).await.expect_err("gone");
    assert_eq!(problem.code, Code::NotFound);
}

#[tokio::test]
async fn a_look_up_can_be_cancelled() {
    let mut options = nested();
    options.latency = std::time::Duration::from_millis(300);
    let contoso = Contoso::on(options).await;
    let request = contoso.request(group("sales@contoso.com"));
    let started = contoso
        .engine
        .directory_start(request)
        .await
        .expect("it starts");
    let lookup = started.lookup.clone();
    contoso
        .engine
        .directory_cancel(started)
        .await
        .expect("cancelled");
    let ended = loop {
        let found = contoso.engine.directory_wait(&lookup).await.expect("known");
        if found.state != DirectoryState::Running {
            break found;
        }
    };
    assert_eq!(ended.state, DirectoryState::Cancelled);
    assert!(ended.preview.is_none());
}
