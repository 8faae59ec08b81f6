//! JSON batching (<https://learn.microsoft.com/graph/json-batching>): up to twenty requests in one,
//! answered in another order than they came, as Graph may do. `dependsOn` is not done.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Question};

/// More are refused.
const MOST: usize = 20;

/// The requests in a batch.
#[derive(Debug)]
pub(crate) struct Batch(Vec<(String, Result<Question, Outcome>)>);

#[derive(Deserialize)]
struct Sent {
    requests: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    method: String,
    url: String,
    #[serde(default, rename = "dependsOn")]
    depends_on: Vec<Value>,
}

impl Batch {
    /// Reads the body of `POST /$batch`.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Outcome> {
        let bad = |text: &str| Outcome::error(400, "BadRequest", text);
        let sent: Sent =
            serde_json::from_slice(body).map_err(|_| bad("Invalid batch payload format."))?;
        if sent.requests.is_empty() {
            return Err(bad("The batch has no requests."));
        }
        if sent.requests.len() > MOST {
            return Err(bad(
                "Number of batch requests steps exceeds the maximum value of 20.",
            ));
        }
        let mut ids = HashSet::new();
        for item in &sent.requests {
            if !ids.insert(item.id.as_str()) {
                return Err(bad(&format!(
                    "Request Id '{}' has to be unique in a batch.",
                    item.id
                )));
            }
            if !item.depends_on.is_empty() {
                return Err(bad("Only independent requests are done here."));
            }
        }
        let read = |item: Item| {
            let (path, query) = match item.url.split_once('?') {
                Some((path, query)) => (path, Some(query)),
                None => (item.url.as_str(), None),
            };
            let question = Question::read(&item.method, path, query);
            (item.id, question)
        };
        Ok(Self(sent.requests.into_iter().map(read).collect()))
    }

    /// The answer, each question answered in the order in which it came, and the last first.
    pub(crate) fn answer(
        self,
        mut answer: impl FnMut(&str, Result<Question, Outcome>) -> Value,
    ) -> Outcome {
        let answered = self.0.into_iter();
        let mut responses: Vec<Value> = answered
            .map(|(id, question)| answer(&id, question))
            .collect();
        responses.reverse();
        Outcome::ok(json!({ "responses": responses }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Batch::read(&body).is_err());
        }

        #[test]
        fn no_url_brings_it_down(method in "[A-Z]{1,5}", url in ".{0,60}") {
            let item = json!({ "id": "1", "method": method, "url": url });
            let body = json!({ "requests": [item] }).to_string();
            let batch = Batch::read(body.as_bytes());
            prop_assert!(batch.is_ok(), "what is wrong with one is said in its own answer");
        }
    }
}
