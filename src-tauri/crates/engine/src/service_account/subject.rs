//! What is tested, and whether its fields can be used. Asks no server.

use contract::{IdentifyBy, OrganizationId, Problem, Secret, ServiceAccountFields, SmtpAddress};
use ews::{ConnectingSid, DistinguishedFolder};

use crate::checks::{Plan, Sending};

/// One test.
pub(super) struct Subject {
    /// Id and name; `None`: no stored organization.
    pub(super) organization: Option<(OrganizationId, String)>,
    pub(super) plan: Plan,
    /// `Find when checking`: the URL of the plan is the one that was saved last.
    pub(super) to_find: bool,
    pub(super) fingerprint: String,
    pub(super) draft: bool,
    pub(super) password: Secret,
    pub(super) sending: Sending,
    pub(super) fields: ServiceAccountFields,
}

/// The fields, read.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// Target mailbox.
    pub(super) mailbox: SmtpAddress,
    pub(super) folder: DistinguishedFolder,
    /// Whom the header names, and the same in words; `None`: nobody is impersonated.
    pub(super) user: Option<(ConnectingSid, String)>,
    pub(super) write: bool,
    pub(super) autodiscover: bool,
}

impl Checked {
    /// The mailbox that is named in the request beside the header: where somebody else than the
    /// impersonated user, or nobody, is to open it.
    pub(super) fn beside(&self) -> Option<&str> {
        let same = self.user.as_ref().is_some_and(|(_, user)| {
            user.eq_ignore_ascii_case(self.mailbox.as_str()) || !user.contains('@')
        });
        (!same).then_some(self.mailbox.as_str())
    }

    /// Name of the folder, as people write it.
    pub(super) fn folder_name(&self) -> &'static str {
        match self.folder {
            DistinguishedFolder::Inbox => "Inbox",
            DistinguishedFolder::Calendar => "Calendar",
            DistinguishedFolder::Contacts => "Contacts",
            DistinguishedFolder::Tasks => "Tasks",
        }
    }
}

impl Subject {
    /// Reads the fields.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`], naming the field.
    pub(super) fn check(&self) -> Result<Checked, Problem> {
        let fields = &self.fields;
        let mailbox = SmtpAddress::parse(fields.mailbox.trim()).map_err(|bad| {
            Problem::invalid("mailbox", format!("Target mailbox email address: {bad}."))
                .hint("Pick a user: the account's own mailbox proves nothing.")
        })?;
        let folder = crate::checks::folder(fields.folder.trim()).ok_or_else(|| {
            Problem::invalid(
                "folder",
                format!("{:?} is no folder of this test.", fields.folder),
            )
            .hint("Choose among inbox, calendar, contacts, tasks.")
        })?;
        let user = if fields.impersonate {
            Some(self.user(&mailbox)?)
        } else {
            None
        };
        if fields.use_autodiscover && self.organization.is_none() {
            return Err(Problem::invalid(
                "useAutodiscover",
                "Autodiscover is part of this test for a stored organization only.",
            )
            .hint("Find the URL first: understudy discover ADDRESS."));
        }
        Ok(Checked {
            mailbox,
            folder,
            user,
            write: fields.write_test,
            autodiscover: fields.use_autodiscover || self.to_find,
        })
    }

    fn user(&self, mailbox: &SmtpAddress) -> Result<(ConnectingSid, String), Problem> {
        let fields = &self.fields;
        let named = fields.impersonated_user.as_deref().map(str::trim);
        let named = named.filter(|named| !named.is_empty());
        if named.is_none() && fields.identify_by == IdentifyBy::Sid {
            return Err(Problem::invalid(
                "impersonatedUser",
                "A SID is needed to identify the impersonated user by SID.",
            )
            .hint("Enter the user's SID, or choose another identifier."));
        }
        let named = named.unwrap_or(mailbox.as_str());
        let made = match fields.identify_by {
            IdentifyBy::Smtp => ConnectingSid::smtp_address(named),
            IdentifyBy::PrimarySmtp => ConnectingSid::primary_smtp_address(named),
            IdentifyBy::Upn => ConnectingSid::principal_name(named),
            IdentifyBy::Sid => ConnectingSid::sid(named),
        };
        let made = made.map_err(|bad| {
            Problem::invalid("impersonatedUser", format!("Impersonated user: {bad}."))
        })?;
        Ok((made, named.to_owned()))
    }
}
