//! `ConvertId`: only the ids of this server's own folders can be converted, and only between the
//! formats that are base64 of the same bytes.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/convertid-operation>

use crate::answer::{Answer, message};
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::folder_id;
use crate::request::AlternateId;
use crate::xml::escape;

/// One response message for each id.
pub(super) fn answer(ids: &[AlternateId], destination: &str, directory: &Directory) -> Answer {
    let messages: String = ids.iter().map(|id| convert(id, destination)).collect();
    directory.envelope.messages("ConvertId", &messages)
}

fn convert(source: &AlternateId, destination: &str) -> String {
    let id = match source.format.as_str() {
        "OwaId" => source.id.replace('-', "/").replace('_', "+"),
        _ => source.id.clone(),
    };
    if folder_id::read(&id).is_none() {
        return message("ConvertId", &EwsError::new("ErrorInvalidIdMalformed"));
    }
    let converted = match destination {
        "OwaId" => id.replace('/', "-").replace('+', "_"),
        "EwsId" | "EwsLegacyId" => id,
        _ => return message("ConvertId", &EwsError::new("ErrorInvalidIdMalformed")),
    };
    format!(
        "<m:ConvertIdResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
         </m:ResponseCode><m:AlternateId xsi:type=\"t:AlternateIdType\" Format=\"{}\" Id=\"{}\" \
         Mailbox=\"{}\"/></m:ConvertIdResponseMessage>",
        escape(destination),
        escape(&converted),
        escape(&source.mailbox)
    )
}
