//! Drafts: made, found and deleted, and what is left when something goes wrong.

use exchange_sim::{EwsError, Fault, LeftItem, MailboxState, Options, Simulator, What, When};

use crate::client::{Reply, ask, connecting, envelope, simulator};

const USER: &str = "user1@contoso.com";

async fn acting(server: &Simulator, body: &str) -> Reply {
    ask(server, &envelope(&connecting("SmtpAddress", USER), body)).await
}

fn create(disposition: &str, folder: &str) -> String {
    format!(
        "<m:CreateItem{disposition}>{folder}<m:Items><t:Message><t:Subject>A &amp; B</t:Subject>\
         <t:Body BodyType=\"Text\">Hello</t:Body></t:Message></m:Items></m:CreateItem>"
    )
}

fn draft() -> String {
    create(" MessageDisposition=\"SaveOnly\"", "")
}

fn get(id: &str) -> String {
    format!(
        "<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds>\
         <t:ItemId Id=\"{id}\"/></m:ItemIds></m:GetItem>"
    )
}

fn delete(id: &str, how: &str) -> String {
    format!(
        "<m:DeleteItem DeleteType=\"{how}\"><m:ItemIds><t:ItemId Id=\"{id}\"/></m:ItemIds>\
         </m:DeleteItem>"
    )
}

#[track_caller]
fn item_id(reply: &Reply) -> String {
    let (_, rest) = reply
        .body
        .split_once("<t:ItemId Id=\"")
        .expect("an item id");
    rest.split_once('"').expect("its end").0.to_owned()
}

fn left(folder: &str) -> Vec<LeftItem> {
    vec![LeftItem {
        mailbox: USER.to_owned(),
        folder: folder.to_owned(),
        subject: "A & B".to_owned(),
    }]
}

#[tokio::test]
async fn a_draft_is_there_until_it_is_deleted_for_good() {
    let server = simulator(Options::default()).await;
    let made = acting(&server, &draft()).await;
    made.has(
        200,
        "<m:CreateItemResponseMessage ResponseClass=\"Success\"",
    );
    let id = item_id(&made);
    acting(&server, &get(&id))
        .await
        .has(200, "<t:Subject>A &amp; B</t:Subject>");
    let counters = server.counters();
    assert_eq!((counters.items_created, counters.items_deleted), (1, 0));
    assert_eq!(counters.items_left, left("drafts"));
    let other = envelope(&connecting("SmtpAddress", "user2@contoso.com"), &get(&id));
    ask(&server, &other).await.has(200, "ErrorItemNotFound");
    acting(&server, &delete(&id, "HardDelete"))
        .await
        .has(200, "NoError");
    acting(&server, &get(&id))
        .await
        .has(200, "ErrorItemNotFound");
    acting(&server, &delete(&id, "HardDelete"))
        .await
        .has(200, "ErrorItemNotFound");
    let counters = server.counters();
    assert_eq!((counters.items_created, counters.items_deleted), (1, 1));
    assert_eq!(counters.items_left, []);
}

#[tokio::test]
async fn a_draft_deleted_softly_is_left_behind() {
    let server = simulator(Options::default()).await;
    for (how, folder) in [
        ("MoveToDeletedItems", "deleteditems"),
        ("SoftDelete", "recoverableitemsdeletions"),
    ] {
        let id = item_id(&acting(&server, &draft()).await);
        acting(&server, &delete(&id, how)).await.has(200, "NoError");
        acting(&server, &get(&id))
            .await
            .has(200, "ErrorItemNotFound");
        assert!(server.counters().items_left.contains(&left(folder)[0]));
    }
    assert_eq!(server.counters().items_deleted, 0);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused() {
    let server = simulator(Options::default()).await;
    for (request, code) in [
        (create("", ""), "ErrorMessageDispositionRequired"),
        (
            create(" MessageDisposition=\"SendOnly\"", ""),
            "ErrorAccessDenied",
        ),
        (
            create(" MessageDisposition=\"Save\"", ""),
            "ErrorSchemaValidation",
        ),
        (
            draft().replace("t:Message", "t:Contact"),
            "ErrorInvalidItemForOperationCreateItem",
        ),
        (
            draft().replace("m:Items", "m:Things"),
            "ErrorSchemaValidation",
        ),
        (delete("x", "Shred"), "ErrorSchemaValidation"),
    ] {
        let reply = acting(&server, &request).await;
        assert!(reply.body.contains(code), "{code}: {reply:?}");
    }
    let inbox =
        "<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"inbox\"/></m:SavedItemFolderId>";
    acting(&server, &create(" MessageDisposition=\"SaveOnly\"", inbox))
        .await
        .has(200, "NoError");
    assert_eq!(server.counters().items_left, left("inbox"));
}

#[tokio::test]
async fn a_full_mailbox_opens_and_takes_nothing() {
    let mut options = Options::default();
    options.mailboxes[0].state = MailboxState::OverQuota;
    let server = simulator(options).await;
    ask(&server, &crate::client::inbox_of(USER))
        .await
        .has(200, "NoError");
    acting(&server, &draft())
        .await
        .has(200, "ErrorQuotaExceeded");
    assert_eq!(server.counters().items_created, 0);
}

#[tokio::test]
async fn a_fault_at_the_delete_leaves_the_draft() {
    let server = simulator(Options::default()).await;
    let error = EwsError::new("ErrorMailboxStoreUnavailable");
    server.plan(Fault::once(
        When::Operation("DeleteItem".to_owned()),
        What::Ews(error),
    ));
    let id = item_id(&acting(&server, &draft()).await);
    acting(&server, &delete(&id, "HardDelete"))
        .await
        .has(200, "<m:DeleteItemResponseMessage ResponseClass=\"Error\"")
        .has(200, "ErrorMailboxStoreUnavailable");
    assert_eq!(server.counters().items_left, left("drafts"));
    acting(&server, &delete(&id, "HardDelete"))
        .await
        .has(200, "NoError");
    assert_eq!(server.counters().items_left, []);
}

#[tokio::test]
async fn with_full_access_a_draft_is_made_without_impersonation() {
    let mut options = Options::default();
    options.full_access.insert("User1@contoso.com".to_owned());
    let server = simulator(options).await;
    let drafts = |address: &str| {
        let folder = format!(
            "<m:SavedItemFolderId><t:DistinguishedFolderId Id=\"drafts\"><t:Mailbox>\
             <t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>\
             </m:SavedItemFolderId>"
        );
        envelope("", &create(" MessageDisposition=\"SaveOnly\"", &folder))
    };
    ask(&server, &drafts("user2@contoso.com"))
        .await
        .has(200, "ErrorAccessDenied");
    let id = item_id(&ask(&server, &drafts(USER)).await);
    assert_eq!(server.counters().items_left, left("drafts"));
    ask(&server, &envelope("", &delete(&id, "HardDelete")))
        .await
        .has(200, "NoError");
    assert_eq!(server.counters().items_left, []);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_draft_and_a_lost_request_none() {
    let server = simulator(Options::default()).await;
    let creating = || When::Operation("CreateItem".to_owned());
    server.plan(Fault::once(creating(), What::Close));
    let lost = acting(&server, &draft()).await;
    assert!(lost.truncated, "{lost:?}");
    assert_eq!(server.counters().items_left, []);
    server.plan(Fault::once(creating(), What::CloseMidAnswer));
    let lost = acting(&server, &draft()).await;
    assert!(lost.truncated, "{lost:?}");
    assert_eq!(server.counters().items_left, left("drafts"));
}

#[tokio::test]
async fn a_draft_is_found_by_its_subject_alone() {
    let server = simulator(Options::default()).await;
    let id = item_id(&acting(&server, &draft()).await);
    let restriction = |subject: &str| {
        format!(
            "<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI=\"item:Subject\"/>\
             <t:FieldURIOrConstant><t:Constant Value=\"{subject}\"/></t:FieldURIOrConstant>\
             </t:IsEqualTo></m:Restriction>"
        )
    };
    let shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>";
    let folders = "<m:ParentFolderIds><t:DistinguishedFolderId Id=\"drafts\"/></m:ParentFolderIds>";
    let find = |parts: &str| format!("<m:FindItem Traversal=\"Shallow\">{parts}</m:FindItem>");
    let found = find(&format!("{shape}{}{folders}", restriction("A &amp; B")));
    acting(&server, &found)
        .await
        .has(200, &format!("Id=\"{id}\""));
    let other = find(&format!("{shape}{}{folders}", restriction("Other")));
    acting(&server, &other)
        .await
        .has(200, "<t:Items></t:Items>");
    let swapped = find(&format!("{shape}{folders}{}", restriction("Other")));
    acting(&server, &swapped)
        .await
        .has(500, "ErrorSchemaValidation");
}
