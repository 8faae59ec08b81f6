//! The doors of Autodiscover behind the web server: JSON for everybody, SOAP and plain XML behind
//! the log-on that EWS has.

use hyper::Method;

use super::Visit;
use crate::autodiscover::{self, Door, Endpoint, Whereabouts, next_hop};
use crate::fault::{HttpAnswer, What};
use crate::reply::Reply;

impl Visit<'_> {
    /// The reply of a door.
    pub(super) fn discover(&self, door: Door, twist: Option<&What>) -> Reply {
        let uri = &self.head.uri;
        let endpoint = door.endpoint(&self.directory.options.autodiscover);
        match endpoint {
            Endpoint::Works | Endpoint::Hidden => {}
            Endpoint::Missing => return Reply::http(HttpAnswer::not_found()),
            Endpoint::Says(answer) => return Reply::http(answer.clone()),
            Endpoint::Endless => {
                let next = next_hop(&self.world.own, uri.path(), uri.query());
                return Reply::http(HttpAnswer::redirect(302, &next));
            }
        }
        let place = Whereabouts {
            directory: self.directory,
            own: &self.world.own,
            loopback: &self.world.loopback,
        };
        if door == Door::Json {
            return Reply::http(match self.head.method {
                Method::GET => autodiscover::json(uri.path(), uri.query(), place),
                _ => HttpAnswer::status(405).header("allow", "GET"),
            });
        }
        let admitted = match self.log_on(twist) {
            Ok(admitted) => admitted,
            Err(reply) => return reply.naming_doors(),
        };
        if *endpoint == Endpoint::Hidden {
            return admitted.tell(Reply::http(HttpAnswer::not_found()));
        }
        admitted.tell(match (door, &self.head.method) {
            (Door::Soap, &Method::POST) => Reply::ews(autodiscover::soap(&self.body, place)),
            (Door::Soap, _) => Reply::http(HttpAnswer::status(405).header("allow", "POST")),
            // Anything but a request document is an invalid request, a GET too.
            _ => match autodiscover::pox(&self.body, place) {
                Ok(answer) => Reply::ews(answer).naming_doors(),
                Err(page) => Reply::http(page),
            },
        })
    }
}
