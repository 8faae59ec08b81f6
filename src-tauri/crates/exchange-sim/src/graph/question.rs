//! What a URL of Graph asks for: a well-known folder of a user. Anything else is refused in Graph's
//! words.

use super::Outcome;
use crate::percent::{decoded, parameter};

/// `GET /users/{user}/mailFolders/{folder}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// Address or principal name.
    pub(crate) user: String,
    /// Well-known name of the folder, in lower case.
    pub(crate) folder: String,
    /// The properties it selects; none: all.
    pub(crate) select: Option<Vec<String>>,
}

impl Question {
    /// Reads a path without its version, and a query.
    pub(crate) fn read(method: &str, path: &str, query: Option<&str>) -> Result<Self, Outcome> {
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decoded)
            .collect();
        let [users, user, folders, folder] = parts.as_slice() else {
            let last = parts.last().map_or("", String::as_str);
            return Err(no_segment(last));
        };
        for (found, expected) in [(users, "users"), (folders, "mailFolders")] {
            if !found.eq_ignore_ascii_case(expected) {
                return Err(no_segment(found));
            }
        }
        if method != "GET" {
            let text = "The method is not allowed for this resource.";
            return Err(Outcome::error(405, "MethodNotAllowed", text));
        }
        let select = parameter(query.unwrap_or_default(), "$select");
        Ok(Self {
            user: user.clone(),
            folder: folder.to_lowercase(),
            select: select.map(|list| list.split(',').map(|one| one.trim().to_owned()).collect()),
        })
    }

    /// Whether this property is wanted.
    pub(crate) fn wants(&self, property: &str) -> bool {
        let select = self.select.as_ref();
        select.is_none_or(|list| list.iter().any(|one| one.eq_ignore_ascii_case(property)))
    }
}

fn no_segment(segment: &str) -> Outcome {
    let text = format!("Resource not found for the segment '{segment}'.");
    Outcome::error(400, "BadRequest", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_folder_and_nothing_else() {
        let path = "/users/user1%40contoso.com/mailfolders/Inbox";
        let question = Question::read("GET", path, Some("%24select=id")).expect("a question");
        assert_eq!(
            (question.user.as_str(), question.folder.as_str()),
            ("user1@contoso.com", "inbox")
        );
        assert!(question.wants("id") && !question.wants("displayName"));
        let all = Question::read("GET", path, None).expect("a question");
        assert!(all.wants("displayName"));
        for (method, path, status) in [
            ("POST", path, 405),
            ("GET", "/users", 400),
            ("GET", "/users/a@b.c/messages/inbox", 400),
            ("GET", "/me/mailFolders/inbox", 400),
            ("GET", "/users/a@b.c/mailFolders/inbox/messages", 400),
        ] {
            let refusal = Question::read(method, path, None).expect_err(path);
            assert_eq!(refusal.status, status, "{path}");
        }
    }
}
