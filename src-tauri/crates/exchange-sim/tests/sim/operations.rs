//! Operations in detail: batches of folders, folder ids, the directory, malformed requests.

use exchange_sim::{Account, Mailbox, MailboxState, Options};

use crate::client::{
    ask, connecting, envelope, folder_id, folders, inbox_of, own_inbox, simulator,
};

/// The first mailbox in this state.
fn first(state: MailboxState) -> Options {
    let mut options = Options::default();
    options.mailboxes[0].state = state;
    options
}

fn without_mailbox() -> Options {
    let accounts = vec![Account {
        mailbox: None,
        ..Account::default()
    }];
    Options {
        accounts,
        ..Options::default()
    }
}

#[tokio::test]
async fn several_folders_get_a_message_each_until_the_batch_stops() {
    let all = ["inbox", "calendar", "contacts", "tasks"];
    let request = envelope(
        &connecting("SmtpAddress", "user1@contoso.com"),
        &folders(&all),
    );
    let server = simulator(Options::default()).await;
    let reply = ask(&server, &request).await;
    assert_eq!(reply.body.matches("NoError").count(), 4, "{reply:?}");
    for element in [
        "<t:Folder>",
        "<t:CalendarFolder>",
        "<t:ContactsFolder>",
        "<t:TasksFolder>",
    ] {
        reply.has(200, element);
    }
    let server = simulator(first(MailboxState::WithoutFolders(vec!["contacts".into()]))).await;
    let reply = ask(&server, &request).await;
    assert_eq!(reply.body.matches("NoError").count(), 3, "the others open");
    let server = simulator(first(MailboxState::Moving)).await;
    let reply = ask(&server, &request).await;
    assert_eq!(reply.body.matches("ErrorMailboxMoveInProgress").count(), 1);
    assert_eq!(reply.body.matches("ErrorBatchProcessingStopped").count(), 3);
}

#[tokio::test]
async fn a_folder_opens_by_its_id_in_its_own_mailbox_only() {
    let server = simulator(Options::default()).await;
    let id = folder_id(&ask(&server, &inbox_of("user1@contoso.com")).await);
    let by_id = |address: &str, id: &str| {
        let request = folders(&["inbox"]).replace(
            "<t:DistinguishedFolderId Id=\"inbox\"/>",
            &format!("<t:FolderId Id=\"{id}\"/>"),
        );
        let request = request.replace("IdOnly", "AllProperties");
        envelope(&connecting("SmtpAddress", address), &request)
    };
    let reply = ask(&server, &by_id("user1@contoso.com", &id)).await;
    reply
        .has(200, "<t:DisplayName>Inbox</t:DisplayName>")
        .has(200, "<t:UnreadCount>0<");
    ask(&server, &by_id("user2@contoso.com", &id))
        .await
        .has(200, "ErrorItemNotFound");
    ask(&server, &by_id("user1@contoso.com", "AAA="))
        .await
        .has(200, "ErrorInvalidIdMalformed");
}

#[tokio::test]
async fn a_folder_of_a_named_mailbox_needs_the_right_name() {
    let mut options = Options::default();
    options.mailboxes[0].aliases.push("old@contoso.com".into());
    let server = simulator(options).await;
    let named = |address: &str| {
        let request = folders(&["inbox"]).replace(
            "Id=\"inbox\"/>",
            &format!(
                "Id=\"inbox\"><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>\
                 </t:DistinguishedFolderId>"
            ),
        );
        envelope(&connecting("SmtpAddress", "user1@contoso.com"), &request)
    };
    ask(&server, &named("user1@contoso.com"))
        .await
        .has(200, "NoError");
    ask(&server, &named("user2@contoso.com"))
        .await
        .has(200, "ErrorAccessDenied");
    let alias = ask(&server, &named("old@contoso.com")).await;
    alias
        .has(200, "ErrorNonPrimarySmtpAddress")
        .has(200, ">user1@contoso.com</t:Value>");
}

#[tokio::test]
async fn malformed_and_foreign_requests_are_refused_as_exchange_refuses_them() {
    let server = simulator(Options::default()).await;
    let broken = ask(&server, "<soap:Envelope>\n  <a>").await;
    broken
        .has(500, "ErrorSchemaValidation")
        .has(500, "<t:LineNumber>");
    broken
        .has(500, "<t:LinePosition>")
        .has(500, "<t:Violation>");
    let https = own_inbox().replace("http://schemas.microsoft", "https://schemas.microsoft");
    ask(&server, &https).await.has(500, "ErrorSchemaValidation");
    let version = own_inbox().replace("Exchange2013_SP1", "Exchange2019");
    ask(&server, &version)
        .await
        .has(500, "ErrorInvalidServerVersion");
    let send = envelope("", "<m:SendItem/>");
    ask(&server, &send).await.has(500, "ErrorInvalidRequest");
    let anchored = Options {
        anchor_required: true,
        ..Options::default()
    };
    let server = simulator(anchored).await;
    let lost = ask(&server, &inbox_of("user1@contoso.com")).await;
    lost.has(500, "ErrorNoRespondingCASInDestinationSite");
}

#[tokio::test]
async fn the_directory_resolves_names_accounts_and_prefixes() {
    let server = simulator(Options::default()).await;
    let resolve = async |entry: &str| {
        let request = format!(
            "<m:ResolveNames ReturnFullContactData=\"false\" SearchScope=\"ActiveDirectory\">\
             <m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>"
        );
        ask(&server, &envelope("", &request)).await
    };
    for entry in ["CONTOSO\\svc-ews", "svc-ews", "smtp:svc-ews@contoso.com"] {
        let reply = resolve(entry).await;
        reply.has(200, "<t:EmailAddress>svc-ews@contoso.com</t:EmailAddress>");
        reply.has(200, "ResponseClass=\"Success\"");
    }
    let several = resolve("user").await;
    several
        .has(200, "ResponseClass=\"Warning\"")
        .has(200, "TotalItemsInView=\"2\"");
    several.has(200, "ErrorNameResolutionMultipleResults");
    resolve("zzz")
        .await
        .has(200, "ErrorNameResolutionNoResults");
    server.update(|options| options.accounts[0].mailbox = None);
    resolve("user1")
        .await
        .has(200, "ErrorNameResolutionNoMailbox");
}

#[tokio::test]
async fn the_directory_gives_a_hundred_results_at_most() {
    let people = (0..150).map(|n| Mailbox::new(&format!("p{n}@contoso.com"), "Person"));
    let mut options = Options::default();
    options.mailboxes.extend(people);
    let server = simulator(options).await;
    let request = "<m:ResolveNames ReturnFullContactData=\"true\"><m:UnresolvedEntry>p\
        </m:UnresolvedEntry></m:ResolveNames>";
    let reply = ask(&server, &envelope("", request)).await;
    reply.has(200, "IncludesLastItemInRange=\"false\"");
    assert_eq!(reply.body.matches("<t:Resolution>").count(), 100);
}

#[tokio::test]
async fn light_operations_need_no_mailbox() {
    let server = simulator(without_mailbox()).await;
    let zones = envelope(
        "",
        "<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"/>",
    );
    ask(&server, &zones).await.has(200, "Id=\"UTC\"");
    let id = folder_id(&ask(&server, &inbox_of("user1@contoso.com")).await);
    let convert = |id: &str| {
        let request = format!(
            "<m:ConvertId DestinationFormat=\"OwaId\"><m:SourceIds><t:AlternateId \
             Format=\"EwsId\" Id=\"{id}\" Mailbox=\"user1@contoso.com\"/></m:SourceIds></m:ConvertId>"
        );
        envelope("", &request)
    };
    let converted = id.replace('/', "-").replace('+', "_");
    ask(&server, &convert(&id))
        .await
        .has(200, &format!("Id=\"{converted}\""));
    ask(&server, &convert("DUMMY"))
        .await
        .has(200, "ErrorInvalidIdMalformed");
}
