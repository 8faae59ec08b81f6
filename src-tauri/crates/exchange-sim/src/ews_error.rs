//! An error as Exchange words it: code, text, extra values, and the form it travels in.
//! Only data; `crate::answer` writes it.

/// An EWS error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EwsError {
    /// Response code, e.g. `ErrorServerBusy`.
    pub code: String,
    /// Text for people, in the server's language.
    pub text: String,
    /// What its `MessageXml` holds.
    pub extras: Extras,
    /// How it travels.
    pub form: Form,
    /// Further folders of the same request get `ErrorBatchProcessingStopped`.
    pub stops_batch: bool,
    /// Only this distinguished folder fails.
    pub only_folder: Option<String>,
}

/// The two shapes of `MessageXml`, never mixed by a real server: names with their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extras {
    /// `<t:Value Name="BackOffMilliseconds">1000</t:Value>`; empty means no `MessageXml` at all.
    Values(Vec<(String, String)>),
    /// `<t:LineNumber>1</t:LineNumber>`.
    Tags(Vec<(String, String)>),
}

/// The shapes in which servers send one and the same error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Response message in HTTP 200.
    Message,
    /// SOAP 1.1 fault in HTTP 500 with `detail/ResponseCode`.
    Fault,
    /// SOAP 1.1 fault in HTTP 500 whose code stands only in `faultcode`.
    FaultCodeOnly,
    /// SOAP 1.1 fault without `detail` in HTTP 200, as gromox sends.
    FaultWithOk,
    /// SOAP 1.2 fault in HTTP 500.
    Soap12Fault,
}

impl EwsError {
    /// The error with the text that Exchange has for it, as a response message.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            text: documented_text(code).to_owned(),
            extras: Extras::Values(Vec::new()),
            form: Form::Message,
            stops_batch: false,
            only_folder: None,
        }
    }

    /// The same as a SOAP fault in HTTP 500.
    #[must_use]
    pub fn fault(code: &str) -> Self {
        Self::new(code).form(Form::Fault)
    }

    /// The same in another form.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// The same with another text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.text);
        self
    }

    /// The same with one more `t:Value`; plain tags it had are gone.
    #[must_use]
    pub fn value(mut self, name: &str, value: &str) -> Self {
        let extra = (name.to_owned(), value.to_owned());
        match &mut self.extras {
            Extras::Values(values) => values.push(extra),
            Extras::Tags(_) => self.extras = Extras::Values(vec![extra]),
        }
        self
    }

    /// The same with one more plain tag; values it had are gone.
    #[must_use]
    pub fn tag(mut self, name: &str, value: &str) -> Self {
        let extra = (name.to_owned(), value.to_owned());
        match &mut self.extras {
            Extras::Tags(tags) => tags.push(extra),
            Extras::Values(_) => self.extras = Extras::Tags(vec![extra]),
        }
        self
    }

    /// The same, ending the batch.
    #[must_use]
    pub fn stopping_batch(mut self) -> Self {
        self.stops_batch = true;
        self
    }

    /// The same for one distinguished folder only.
    #[must_use]
    pub fn only_for(mut self, folder: &str) -> Self {
        self.only_folder = Some(folder.to_owned());
        self
    }

    /// `ErrorServerBusy` with its back-off, as a fault.
    #[must_use]
    pub fn busy(back_off_milliseconds: u64) -> Self {
        Self::fault("ErrorServerBusy")
            .value("BackOffMilliseconds", &back_off_milliseconds.to_string())
    }

    /// `ErrorInternalServerError` around the code that tells.
    #[must_use]
    pub fn inner(code: &str, text: &str) -> Self {
        Self::new("ErrorInternalServerError")
            .value("InnerErrorMessageText", text)
            .value("InnerErrorResponseCode", code)
    }

    /// `ErrorSchemaValidation` with line, position (both from 1) and violation.
    #[must_use]
    pub fn schema_violation(line: usize, position: usize, violation: &str) -> Self {
        Self::fault("ErrorSchemaValidation")
            .text(&format!(
                "The request failed schema validation: {violation}"
            ))
            .tag("LineNumber", &line.to_string())
            .tag("LinePosition", &position.to_string())
            .tag("Violation", violation)
    }

    /// `ErrorNonPrimarySmtpAddress` carrying the primary address.
    #[must_use]
    pub fn non_primary(primary: &str) -> Self {
        Self::fault("ErrorNonPrimarySmtpAddress").value("Primary", primary)
    }
}

/// Text of a response code in the `ResponseCode` reference of the EWS documentation.
fn documented_text(code: &str) -> &'static str {
    match code {
        "ErrorAccessDenied" => "Access is denied. Check credentials and try again.",
        "ErrorAccountDisabled" => "Account is disabled.",
        "ErrorADUnavailable" => "Active Directory is unavailable. Try your request later.",
        "ErrorADOperation" => "Active Directory operation did not succeed. Try again later.",
        "ErrorBatchProcessingStopped" => {
            "An error occurred while processing the batch and processing was stopped."
        }
        "ErrorCallerIsInvalidADAccount" => {
            "The caller is not a valid Active Directory account, or is a local account."
        }
        "ErrorConnectionFailed" => "Connection did not succeed. Try again later.",
        "ErrorDuplicateSOAPHeader" => "Duplicate SOAP headers are not allowed.",
        "ErrorExceededConnectionCount" => {
            "You have exceeded the available concurrent connections for your account.  Try again \
             once your other requests have completed."
        }
        "ErrorFolderNotFound" => "The specified folder could not be found in the store.",
        "ErrorItemNotFound" => "The specified object was not found in the store.",
        "ErrorImpersonateUserDenied" => {
            "The account does not have permission to impersonate the requested user."
        }
        "ErrorImpersonationDenied" => {
            "The server to which the application is connected cannot impersonate the requested \
             user due to insufficient permission."
        }
        "ErrorImpersonationFailed" => "Impersonation failed.",
        "ErrorInternalServerError" => "An internal server error occurred. The operation failed.",
        "ErrorInternalServerTransientError" => {
            "An internal server error occurred. Try again later."
        }
        "ErrorInvalidExchangeImpersonationHeaderData" => {
            "ExchangeImpersonation SOAP header contains invalid identity information."
        }
        "ErrorInvalidIdMalformed" => "Id is malformed.",
        "ErrorInvalidRequest" => "The request is invalid.",
        "ErrorInvalidServerVersion" => "The specified server version is invalid.",
        "ErrorInvalidSmtpAddress" => "The SMTP address format is invalid.",
        "ErrorInvalidUserPrincipalName" => "The user principal name (UPN) is invalid.",
        "ErrorInvalidUserSid" => "The user security identifier (SID) is invalid.",
        "ErrorMailboxConfiguration" => "Unable to access an account or mailbox.",
        "ErrorMailboxFailover" => "The mailbox was failed over. Try again later.",
        "ErrorMailboxMoveInProgress" => "Mailbox move in progress. Try again later.",
        "ErrorMailboxStoreUnavailable" => "The Mailbox database is temporarily unavailable.",
        "ErrorMissingEmailAddress" => {
            "When making a request as an account that does not have a mailbox, you must specify \
             the mailbox primary SMTP address for any distinguished folder Ids."
        }
        "ErrorNameResolutionMultipleResults" => "Multiple results were found.",
        "ErrorNameResolutionNoMailbox" => {
            "User must have a mailbox for name resolution operations."
        }
        "ErrorNameResolutionNoResults" => "No results were found.",
        "ErrorNonExistentMailbox" => "The SMTP address has no mailbox associated with it.",
        "ErrorNonPrimarySmtpAddress" => {
            "The primary SMTP address must be specified when referencing a mailbox."
        }
        "ErrorNoRespondingCASInDestinationSite" => {
            "Exchange Web Services are not currently available for this request because none of \
             the Client Access Servers in the destination site could process the request."
        }
        "ErrorPasswordExpired" => "The password has expired. Change the password and try again.",
        "ErrorMessageDispositionRequired" => {
            "For this item type, a message disposition is required."
        }
        "ErrorInvalidItemForOperationCreateItem" => {
            "The item type is not valid for this operation."
        }
        "ErrorInvalidLicense" => "The mailbox does not have a valid license.",
        "ErrorQuotaExceeded" => "The message size exceeds the quota of the mailbox.",
        "ErrorServerBusy" => "The server cannot service this request right now. Try again later.",
        "ErrorTimeoutExpired" => "The operation timed out.",
        "ErrorInvalidAuthorizationContext" => {
            "The requesting account is not authorized to make the request."
        }
        _ => "The request failed.",
    }
}
