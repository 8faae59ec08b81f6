//! A server that sends back what was sent to it: the secret of the run appears in nothing that is
//! kept, wherever in the answer it stood.

use exchange_sim::{EwsError, Fault, HttpAnswer, What, When};
use support::{Check, server, start};

const TWO: &str = "user2@contoso.com";
const SECRET: &str = "S3cr&t pass";
/// `CONTOSO\svc-ews:S3cr&t pass` in base64.
const BASIC: &str = "Q09OVE9TT1xzdmMtZXdzOlMzY3ImdCBwYXNz";

#[tokio::test]
async fn an_echoed_secret_is_kept_nowhere() {
    let quoting = format!("you sent Authorization: Basic {BASIC} with the password {SECRET}");
    let location = format!("https://svc:{SECRET}@elsewhere.contoso.com/x?pw={SECRET}");
    for what in [
        What::Ews(EwsError::new("ErrorFromTheFuture").text(&quoting)),
        What::Ews(EwsError::new(SECRET).text("the code itself")),
        What::Ews(EwsError::fault("ErrorFromTheFuture").text(&quoting)),
        What::Ews(EwsError::new("ErrorNonPrimarySmtpAddress").text(&quoting)),
        What::Http(HttpAnswer::status(500).body("text/plain", &quoting)),
        What::Http(HttpAnswer::status(302).header("Location", &location)),
    ] {
        let mut options = server(2);
        options.accounts[0].password = SECRET.to_owned();
        let exchange = start(options).await;
        exchange.plan(Fault::always(When::Mailbox(TWO.into()), what.clone()));
        let folder = tempfile::tempdir().expect("a folder");
        let engine = support::engine_in(folder.path()).await;
        let check = Check::on(&exchange)
            .users(2)
            .password(SECRET)
            .timeout(1)
            .with(&engine);
        let run = check.run(&exchange).await;
        let kept = format!("{:?}", run.rows);
        engine.shut_down().await;
        let mut bytes = kept.into_bytes();
        for file in std::fs::read_dir(folder.path()).expect("there") {
            let path = file.expect("readable").path();
            if path.is_file() {
                bytes.extend(std::fs::read(path).expect("readable"));
            }
        }
        for secret in [SECRET, BASIC, "S3cr&amp;t pass"] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{what:?} brought {secret:?} into what is kept");
        }
    }
}
