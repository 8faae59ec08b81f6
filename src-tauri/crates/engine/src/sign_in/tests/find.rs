//! What a server says of who issues its tokens.

use contract::{AuthorityKind, Cloud, EmailConfigurationForm, FindAuthority, FoundAuthority};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::world::World;

/// Exchange of `exchange.md` §10.5, 2019 CU13 and later: to the empty Bearer alone.
const HYBRID: &str = "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", trusted_issuers=\"00000001-0000-0000-c000-000000000000@72f988bf-86f1-41af-91ab-2d7cd011db47\", token_types=\"app_asserted_user_v1 service_asserted_app_v1\", authorization_uri=\"https://login.windows.net/common/oauth2/authorize\"";
const AD_FS: &str = "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", authorization_uri=\"https://adfs.contoso.com/adfs/oauth2/authorize\", issuer_kind=\"ADFS\"";

/// An Exchange that answers one look with this challenge, where it was asked without a token.
async fn found(challenge: &'static str) -> FoundAuthority {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("somebody asks");
        let mut bytes = vec![0; 16_384];
        let read = stream.read(&mut bytes).await.expect("a request");
        let text = String::from_utf8_lossy(&bytes[..read]).to_lowercase();
        let offer = if text.contains("authorization: bearer\r\n") {
            challenge
        } else {
            "NTLM"
        };
        let answer = format!(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {offer}\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await.expect("sent");
    });
    let world = World::new().await;
    let form = EmailConfigurationForm {
        ews_url: format!("http://127.0.0.1:{port}/EWS/Exchange.asmx"),
        ..world.form()
    };
    let request = FindAuthority {
        organization: world.organization,
        form,
    };
    world.engine.authority_find(request).await.expect("asked")
}

#[tokio::test]
async fn hybrid_modern_authentication_names_its_tenant() {
    let found = found(HYBRID).await;
    let fields = found.fields.expect("it says where");
    assert_eq!(
        (fields.authority, fields.cloud),
        (AuthorityKind::Entra, Cloud::Global)
    );
    assert_eq!(fields.tenant, "72f988bf-86f1-41af-91ab-2d7cd011db47");
    assert_eq!(
        fields.client_id, "understudy",
        "the app is ours, not the server's"
    );
    assert_eq!(
        found.trusted_issuers,
        ["00000001-0000-0000-c000-000000000000@72f988bf-86f1-41af-91ab-2d7cd011db47"]
    );
    assert!(
        found
            .authorization_uri
            .is_some_and(|uri| uri.contains("login.windows.net"))
    );
}

#[tokio::test]
async fn ad_fs_is_named_and_to_be_confirmed() {
    let found = found(AD_FS).await;
    let fields = found.fields.expect("it says where");
    assert_eq!(fields.authority, AuthorityKind::AdFs);
    assert_eq!(fields.authority_url, "https://adfs.contoso.com");
    assert!(
        found.sentence.contains("Make sure that this is yours"),
        "{}",
        found.sentence
    );
}

#[tokio::test]
async fn a_server_without_modern_authentication_says_so() {
    let plain = found("Negotiate").await;
    assert!(
        plain.sentence.contains("takes no tokens"),
        "{}",
        plain.sentence
    );
    let off = found("Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\"").await;
    assert!(
        off.sentence
            .contains("Hybrid Modern Authentication is not on"),
        "{}",
        off.sentence
    );
    assert!(plain.fields.is_none() && off.fields.is_none());
}
