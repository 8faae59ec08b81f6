//! The rung of the service account's own mailbox and of the room lists: a warning at most, because
//! impersonation works without either (Exchange 2013 apart).

use contract::{Blame, Step, StepStatus};

use super::rung::Rung as _;
use crate::checks::facts::{Asking, Facts};
use crate::checks::spec::Access;
use crate::diagnosis::wording;
use crate::rooms::{Asked, RoomLists};

/// The account's own Inbox.
pub(crate) fn own_inbox(step: Step, facts: &Facts, access: &Access) -> Step {
    let asked = facts.log_on.as_ref();
    let step = step.seen(asked.into_iter().flat_map(Asking::lines));
    match facts.own_mailbox {
        _ if access.is_app() => step.skipped("An application has no mailbox of its own."),
        Some(true) => step
            .pass("The service account's own Inbox opens.")
            .took(asked.and_then(|asked| asked.answered)),
        Some(false) => {
            let account = access.account.replace('\'', "''");
            step.warning(
                wording::NO_OWN_MAILBOX,
                Blame::Exchange,
                &format!("Give {} a mailbox if rooms are needed.", access.account),
            )
            .took(asked.and_then(|asked| asked.answered))
            .seen([
                format!("Look: Get-Recipient -Identity '{account}'"),
                format!("Change: Enable-Mailbox -Identity '{account}'"),
                format!("Undo: Disable-Mailbox -Identity '{account}'"),
                format!("Verify: Get-Mailbox -Identity '{account}'"),
            ])
        }
        None => step.skipped("Not found out."),
    }
}

/// What the room lists add to a rung that may say something already.
pub(crate) fn rooms(step: Step, found: Option<&RoomLists>) -> Step {
    let Some(found) = found else {
        return step;
    };
    let no_mailbox = step.status == StepStatus::Warning;
    match found {
        RoomLists::Defined { lists, asked, cut } => {
            let rooms: usize = lists.iter().filter_map(|list| list.rooms).sum();
            let said = format!(
                "{}{} room lists with {rooms} rooms are defined.",
                if *cut { "More than " } else { "" },
                lists.len()
            );
            let step = step
                .seen([by(asked)])
                .seen(lists.iter().map(|list| match list.rooms {
                    Some(rooms) => {
                        format!("Room list: {} <{}>, {rooms} rooms", list.name, list.address)
                    }
                    None => format!(
                        "Room list: {} <{}>, rooms not found out",
                        list.name, list.address
                    ),
                }));
            if no_mailbox {
                // The retriever itself signs in as the account: what it can't see, nobody gets.
                return step.seen([said]);
            }
            let message = format!("{} {said}", step.message);
            step.pass(message.trim_start())
        }
        RoomLists::None { asked } => {
            let step = step.seen([by(asked)]);
            if no_mailbox {
                return step
                    .seen(["No room lists are defined either.".to_owned()])
                    .seen(commands());
            }
            let message = format!("{} No room lists are defined.", step.message);
            step.warning(
                message.trim_start(),
                Blame::Exchange,
                "Define a room list and put the rooms into it: New-DistributionGroup -Name 'Rooms' -RoomList.",
            )
            .seen(commands())
        }
        RoomLists::NoMailbox => step.warning(
            wording::NO_OWN_MAILBOX,
            Blame::Exchange,
            "Give the service account a mailbox if rooms are needed.",
        ),
        RoomLists::Unknown { why } => {
            step.seen([format!("Room lists could not be found out: {why}")])
        }
    }
}

fn by(asked: &Asked) -> String {
    match asked {
        Asked::Account => "Room lists asked for by: the service account".to_owned(),
        Asked::Impersonating(mailbox) => {
            format!("Room lists asked for by: the service account, impersonating {mailbox}")
        }
    }
}

/// Defines a room list, takes it back, proves it.
/// <https://learn.microsoft.com/powershell/module/exchange/new-distributiongroup>
fn commands() -> [String; 5] {
    [
        "Look: Get-DistributionGroup -RecipientTypeDetails RoomList -ResultSize Unlimited",
        "Change: New-DistributionGroup -Name 'Rooms' -RoomList",
        "Change: Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited | ForEach-Object { Add-DistributionGroupMember -Identity 'Rooms' -Member $_.PrimarySmtpAddress }",
        "Undo: Remove-DistributionGroup -Identity 'Rooms'",
        "Verify: Get-DistributionGroupMember -Identity 'Rooms' -ResultSize Unlimited",
    ]
    .map(str::to_owned)
}
