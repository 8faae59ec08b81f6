//! Room lists, rooms, groups and names, and who is refused them.

use std::collections::HashSet;

use exchange_sim::{Account, EwsError, Form, Group, Mailbox, Options, Simulator};

use crate::client::{Reply, ask, connecting, envelope, simulator};

const TOWER: &str = "tower@contoso.com";

fn world() -> Options {
    let mut options = Options {
        groups: vec![
            Group::room_list(
                TOWER,
                "Tower <rooms>",
                &[
                    "room1@contoso.com",
                    "room2@contoso.com",
                    "room3@contoso.com",
                ],
            ),
            Group::new(
                "sales@contoso.com",
                "Sales",
                &[
                    "user1@contoso.com",
                    "north@contoso.com",
                    "guest@fabrikam.com",
                ],
            ),
            Group::new(
                "north@contoso.com",
                "Sales North",
                &["user2@contoso.com", "sales@contoso.com"],
            ),
        ],
        hidden: HashSet::from(["Room2@contoso.com".to_owned()]),
        ..Options::default()
    };
    let rooms =
        (1..=3).map(|n| Mailbox::new(&format!("room{n}@contoso.com"), &format!("Room {n}")));
    options.mailboxes.extend(rooms);
    options
}

fn without_mailbox(mut options: Options) -> Options {
    options.accounts = vec![Account {
        mailbox: None,
        ..Account::default()
    }];
    options
}

fn rooms_of(list: &str) -> String {
    format!(
        "<m:GetRooms><m:RoomList><t:EmailAddress>{list}</t:EmailAddress></m:RoomList></m:GetRooms>"
    )
}

fn expand(group: &str) -> String {
    format!(
        "<m:ExpandDL><m:Mailbox><t:EmailAddress>{group}</t:EmailAddress></m:Mailbox></m:ExpandDL>"
    )
}

fn resolve(entry: &str) -> String {
    format!(
        "<m:ResolveNames ReturnFullContactData=\"true\" SearchScope=\"ActiveDirectory\">\
         <m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>"
    )
}

/// As the service account, impersonating nobody.
async fn own(server: &Simulator, body: &str) -> Reply {
    ask(server, &envelope("", body)).await
}

/// As the service account, impersonating the first user.
async fn acting(server: &Simulator, body: &str) -> Reply {
    let header = connecting("SmtpAddress", "user1@contoso.com");
    ask(server, &envelope(&header, body)).await
}

const LISTS: &str = "<m:GetRoomLists/>";

#[tokio::test]
async fn room_lists_and_their_rooms_without_the_hidden_one() {
    let server = simulator(world()).await;
    let lists = own(&server, LISTS).await;
    lists
        .has(200, "<m:GetRoomListsResponse ResponseClass=\"Success\"")
        .has(200, "<t:Name>Tower &lt;rooms&gt;</t:Name>")
        .has(200, TOWER);
    assert_eq!(
        lists.body.matches("<t:Address>").count(),
        1,
        "a group is none"
    );
    let rooms = own(&server, &rooms_of("TOWER@contoso.com")).await;
    rooms.has(200, "room1@contoso.com").has(200, "Room 3");
    assert_eq!(rooms.body.matches("<t:Room>").count(), 2, "{rooms:?}");
    for unknown in ["nowhere@contoso.com", "sales@contoso.com", ""] {
        own(&server, &rooms_of(unknown))
            .await
            .has(200, "<m:GetRoomsResponse ResponseClass=\"Error\"")
            .has(200, "ErrorNameResolutionNoResults");
    }
}

#[tokio::test]
async fn no_room_lists_is_an_empty_success_in_two_forms() {
    let server = simulator(Options::default()).await;
    let empty = own(&server, LISTS).await;
    empty
        .has(200, "NoError")
        .has(200, "<m:RoomLists></m:RoomLists>");
    server.update(|options| options.omits_empty_room_lists = true);
    let omitted = own(&server, LISTS).await;
    omitted.has(200, "NoError");
    assert!(!omitted.body.contains("m:RoomLists"), "{omitted:?}");
}

#[tokio::test]
async fn an_account_without_a_mailbox_finds_rooms_by_impersonating() {
    let server = simulator(without_mailbox(world())).await;
    for body in [LISTS.to_owned(), rooms_of(TOWER)] {
        own(&server, &body)
            .await
            .has(200, "ErrorNameResolutionNoMailbox");
        acting(&server, &body).await.has(200, "NoError");
    }
    let refusal = EwsError::new("ErrorMissingEmailAddress").form(Form::Fault);
    server.update(|options| options.rooms_refusal = Some(refusal));
    own(&server, LISTS)
        .await
        .has(500, "ErrorMissingEmailAddress");
    server.update(|options| options.rooms_refusal = None);
    own(&server, LISTS).await.has(200, TOWER);
}

#[tokio::test]
async fn a_group_opens_one_level_and_may_hold_itself() {
    let server = simulator(world()).await;
    let sales = own(&server, &expand("Sales@contoso.com")).await;
    sales
        .has(200, "TotalItemsInView=\"3\"")
        .has(200, "<t:MailboxType>PublicDL</t:MailboxType>")
        .has(200, "<t:MailboxType>OneOff</t:MailboxType>");
    assert!(!sales.body.contains("user2@contoso.com"), "one level only");
    own(&server, &expand("north@contoso.com"))
        .await
        .has(200, "sales@contoso.com");
    own(&server, &expand("user1@contoso.com"))
        .await
        .has(200, "ErrorNameResolutionNoResults");
    server.update(|options| {
        options.hidden = HashSet::from(["north@contoso.com".into(), "user1@contoso.com".into()]);
    });
    own(&server, &expand("sales@contoso.com"))
        .await
        .has(200, "TotalItemsInView=\"1\"");
    own(&server, &expand("north@contoso.com"))
        .await
        .has(200, "ErrorNameResolutionNoResults");
    server.update(|options| options.accounts[0].mailbox = None);
    own(&server, &expand("sales@contoso.com"))
        .await
        .has(200, "ErrorNameResolutionNoMailbox");
    acting(&server, &expand("sales@contoso.com"))
        .await
        .has(200, "NoError");
}

#[tokio::test]
async fn names_are_found_by_their_beginning_groups_among_them() {
    let server = simulator(world()).await;
    let several = own(&server, &resolve("sales")).await;
    several
        .has(200, "ErrorNameResolutionMultipleResults")
        .has(200, "TotalItemsInView=\"2\"");
    own(&server, &resolve("smtp:sales@contoso.com"))
        .await
        .has(200, "TotalItemsInView=\"1\"")
        .has(200, "PublicDL");
    own(&server, &resolve("room"))
        .await
        .has(200, "TotalItemsInView=\"2\"");
}
