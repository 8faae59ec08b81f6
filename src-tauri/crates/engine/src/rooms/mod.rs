//! Room lists and their rooms, asked for as the service account or, where that has no mailbox, while
//! impersonating one that opened. "No mailbox" and "no room lists defined" are different answers, and a
//! server that doesn't know the question is a third. It looks into no calendar and changes nothing.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/getroomlists-operation>

use ews::{
    Body, ConnectingSid, ResponseCode, ResponseMessage, SchemaVersion, get_room_lists, get_rooms,
};
use exchange::{Fault, Reply};

use crate::ports::BoxFuture;

/// Most lists whose rooms are counted.
const MOST: usize = 100;

/// Somebody who can ask a question: a body, and the mailbox it is routed to.
pub(crate) trait Asker: Send {
    /// Sends it once.
    fn ask<'a>(
        &'a mut self,
        body: String,
        anchor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Reply, Fault>>;
}

/// Whom to impersonate: what the header carries, and the address for sentences and routing.
pub(crate) type Opener = (ConnectingSid, String);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RoomLists {
    /// These; `cut`: there are more.
    Defined {
        lists: Vec<RoomList>,
        asked: Asked,
        cut: bool,
    },
    /// Exchange answered, and there are none.
    None { asked: Asked },
    /// Refused, because whoever asked has no mailbox.
    NoMailbox,
    /// It could not be found out.
    Unknown { why: String },
}

/// One room list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomList {
    pub(crate) name: String,
    pub(crate) address: String,
    /// How many rooms; `None`: not found out.
    pub(crate) rooms: Option<usize>,
}

/// As whom it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The service account itself.
    Account,
    /// The service account, impersonating this mailbox.
    Impersonating(String),
}

/// Asks as the account, unless it is known to have no mailbox; then impersonating `opener`.
pub(crate) async fn find(
    asker: &mut dyn Asker,
    schema: SchemaVersion,
    has_mailbox: Option<bool>,
    opener: Option<&Opener>,
) -> RoomLists {
    let mut found = RoomLists::NoMailbox;
    if has_mailbox != Some(false) {
        found = ask_as(asker, schema, None).await;
    }
    if found == RoomLists::NoMailbox
        && let Some(opener) = opener
    {
        found = ask_as(asker, schema, Some(opener)).await;
    }
    found
}

async fn ask_as(
    asker: &mut dyn Asker,
    schema: SchemaVersion,
    opener: Option<&Opener>,
) -> RoomLists {
    let (user, anchor) = (
        opener.map(|(user, _)| user),
        opener.map(|(_, mailbox)| mailbox.as_str()),
    );
    let Ok(body) = get_room_lists::request(schema, user) else {
        return unknown("the request could not be written");
    };
    let message = match answer(asker.ask(body, anchor).await) {
        Ok(message) => message,
        Err(refused) if refused.is_no_mailbox() => return RoomLists::NoMailbox,
        Err(refused) => return unknown(&refused.why),
    };
    let by = match anchor {
        Some(mailbox) => Asked::Impersonating(mailbox.to_owned()),
        None => Asked::Account,
    };
    if message.room_lists.is_empty() {
        return RoomLists::None { asked: by };
    }
    let cut = message.room_lists.len() > MOST;
    let mut lists = Vec::new();
    for list in message.room_lists.into_iter().take(MOST) {
        let address = list.email_address.unwrap_or_default();
        let rooms = rooms_of(asker, schema, user, anchor, &address).await;
        lists.push(RoomList {
            name: list.name.unwrap_or_else(|| address.clone()),
            address,
            rooms,
        });
    }
    RoomLists::Defined {
        lists,
        asked: by,
        cut,
    }
}

async fn rooms_of(
    asker: &mut dyn Asker,
    schema: SchemaVersion,
    user: Option<&ConnectingSid>,
    anchor: Option<&str>,
    list: &str,
) -> Option<usize> {
    let body = get_rooms::request(schema, user, list).ok()?;
    let message = answer(asker.ask(body, anchor).await).ok()?;
    Some(message.rooms.len())
}

/// Why there is no list.
struct Refused {
    code: Option<ResponseCode>,
    why: String,
}

impl Refused {
    /// For want of a mailbox: the codes that Exchange is known to use, and the sentence of Exchange
    /// Online (<https://github.com/OfficeDev/ews-managed-api/issues/279>).
    fn is_no_mailbox(&self) -> bool {
        use ResponseCode as C;
        let by_code = matches!(
            self.code,
            Some(
                C::ErrorNameResolutionNoMailbox
                    | C::ErrorMissingEmailAddress
                    | C::ErrorNonExistentMailbox
                    | C::ErrorInvalidLicense
            )
        );
        by_code || self.why.contains("doesn't have a valid license")
    }
}

/// The one response message of a success.
fn answer(outcome: Result<Reply, Fault>) -> Result<ResponseMessage, Refused> {
    let no_code = |why: String| Refused { code: None, why };
    let reply = outcome.map_err(|fault| no_code(fault.to_string()))?;
    let answer =
        ews::read(&reply.body).map_err(|_| no_code(format!("HTTP status {}", reply.status)))?;
    let (code, text) = match answer.body {
        Body::Fault(fault) => (fault.deciding_code(), fault.text),
        Body::Messages(messages) => match messages.into_iter().next() {
            Some(message) if message.is_success() => return Ok(message),
            Some(message) => (message.deciding_code(), message.text),
            None => return Err(no_code("an answer without a message".to_owned())),
        },
    };
    let why = text.map_or_else(
        || code.as_str().to_owned(),
        |text| format!("{} ({text})", code.as_str()),
    );
    Err(Refused {
        code: Some(code),
        why,
    })
}

fn unknown(why: &str) -> RoomLists {
    RoomLists::Unknown {
        why: why.to_owned(),
    }
}
