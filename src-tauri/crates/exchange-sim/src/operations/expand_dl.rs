//! `ExpandDL`: the members of one group, one level deep.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/expanddl-operation>

use super::recipients::Recipient;
use crate::answer::Answer;
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::impersonation::Acting;

/// The members of the group of this address, without those that no address list shows.
pub(super) fn answer(address: &str, acting: Acting, directory: &Directory) -> Answer {
    let operation = "ExpandDL";
    let refuse = |code| directory.envelope.error(operation, &EwsError::new(code));
    if acting.mailbox().is_none() {
        return refuse("ErrorNameResolutionNoMailbox");
    }
    let group = directory.group(address);
    let Some(group) = group.filter(|group| !directory.is_hidden(&group.address)) else {
        return refuse("ErrorNameResolutionNoResults");
    };
    let members: Vec<String> = group
        .members
        .iter()
        .map(|member| Recipient::of(member, directory))
        .filter(|member| member.is_listed(directory))
        .map(|member| member.element("Mailbox", directory))
        .collect();
    let message = format!(
        "<m:ExpandDLResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
         </m:ResponseCode><m:DLExpansion TotalItemsInView=\"{}\" IncludesLastItemInRange=\"true\">{}\
         </m:DLExpansion></m:ExpandDLResponseMessage>",
        members.len(),
        members.concat()
    );
    directory.envelope.messages(operation, &message)
}
