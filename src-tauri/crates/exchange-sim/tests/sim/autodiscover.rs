//! Autodiscover's three doors, and hosts that point at each other.

use exchange_sim::{
    Autodiscover, Bind, Certificate, Endpoint, EwsUrl, Fault, Found, Hosts, HttpAnswer, Mailbox,
    MailboxState, Options, Simulator, What, When, hosts,
};

use crate::client::{Client, Reply, basic, http, service, simulator, tls_over};

const OWN: &str = "/EWS/Exchange.asmx";

async fn get(server: &Simulator, path: &str) -> Reply {
    http(server)
        .await
        .send(&format!("GET {path}"), "", "")
        .await
}

async fn json(server: &Simulator, address: &str) -> Reply {
    let path = format!("/autodiscover/autodiscover.json/v1.0/{address}?Protocol=EWS");
    get(server, &path).await
}

async fn post(server: &Simulator, door: &str, authorization: Option<&str>, body: &str) -> Reply {
    let head = authorization.map_or_else(String::new, |a| format!("Authorization: {a}\r\n"));
    let head = format!("Content-Type: text/xml; charset=utf-8\r\n{head}");
    let line = format!("POST /autodiscover/autodiscover.{door}");
    http(server).await.send(&line, &head, body).await
}

/// `GetUserSettings` for these addresses, as the service account.
async fn soap(server: &Simulator, addresses: &[&str]) -> Reply {
    post(server, "svc", Some(&service()), &user_settings(addresses)).await
}

async fn pox(server: &Simulator, address: &str) -> Reply {
    post(server, "xml", Some(&service()), &outlook(address)).await
}

fn user_settings(addresses: &[&str]) -> String {
    let users: String = addresses
        .iter()
        .flat_map(|address| ["<a:User><a:Mailbox>", address, "</a:Mailbox></a:User>"])
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:a=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\" \
         xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><soap:Header>\
         <a:RequestedServerVersion>Exchange2013</a:RequestedServerVersion><wsa:Action>\
         http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings\
         </wsa:Action><wsa:To>https://autodiscover.contoso.com/autodiscover/autodiscover.svc\
         </wsa:To></soap:Header><soap:Body><a:GetUserSettingsRequestMessage><a:Request><a:Users>\
         {users}</a:Users><a:RequestedSettings><a:Setting>InternalEwsUrl</a:Setting>\
         <a:Setting>ExternalEwsUrl</a:Setting><a:Setting>UserDN</a:Setting>\
         <a:Setting>Nonsense</a:Setting></a:RequestedSettings></a:Request>\
         </a:GetUserSettingsRequestMessage></soap:Body></soap:Envelope>"
    )
}

fn outlook(address: &str) -> String {
    format!(
        "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/\
         requestschema/2006\"><Request><EMailAddress>{address}</EMailAddress>\
         <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/\
         responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"
    )
}

fn told(autodiscover: Autodiscover) -> Options {
    Options {
        autodiscover,
        ..Options::default()
    }
}

#[tokio::test]
async fn json_needs_no_log_on_and_soap_and_xml_do() {
    let server = simulator(Options::default()).await;
    let url = server.ews_url();
    json(&server, "user1@contoso.com")
        .await
        .has(200, &format!("{{\"Protocol\":\"EWS\",\"Url\":\"{url}\"}}"));
    json(&server, "nobody@contoso.com")
        .await
        .has(404, "\"ErrorCode\":\"UserNotFound\"");
    for (door, body) in [
        ("svc", user_settings(&["user1@contoso.com"])),
        ("xml", outlook("user1@contoso.com")),
    ] {
        let asked = post(&server, door, None, &body).await;
        assert_eq!(asked.status(), 401, "{asked:?}");
        assert_eq!(asked.header("x-soap-enabled"), Some("True"));
        assert!(asked.header("www-authenticate").is_some(), "{asked:?}");
        let wrong = basic("CONTOSO\\svc-ews", "wrong");
        assert_eq!(post(&server, door, Some(&wrong), &body).await.status(), 401);
        let right = post(&server, door, Some(&service()), &body).await;
        right.has(200, &url);
    }
    assert_eq!(
        get(&server, "/autodiscover/autodiscover.svc")
            .await
            .status(),
        401
    );
    assert_eq!(get(&server, "/autodiscover/other.xml").await.status(), 404);
}

#[tokio::test]
async fn soap_answers_each_user_and_each_setting() {
    let mut options = Options::default();
    let far = Mailbox::new("far@contoso.com", "Far").in_state(MailboxState::Remote);
    options.mailboxes.push(far);
    options.autodiscover.internal = None;
    options.autodiscover = options.autodiscover.user(
        "@fabrikam.com",
        Found::RedirectUrl(
            "https://autodiscover.fabrikam.com/autodiscover/autodiscover.svc".into(),
        ),
    );
    let server = simulator(options).await;
    let users = [
        "user1@contoso.com",
        "nobody@contoso.com",
        "far@contoso.com",
        "a@fabrikam.com",
    ];
    let reply = soap(&server, &users).await;
    reply
        .has(200, "<Name>ExternalEwsUrl</Name>")
        .has(200, "<ErrorCode>InvalidUser</ErrorCode>")
        .has(200, "<ErrorCode>RedirectAddress</ErrorCode>")
        .has(
            200,
            "<RedirectTarget>far@contoso.mail.onmicrosoft.com</RedirectTarget>",
        )
        .has(200, "<ErrorCode>RedirectUrl</ErrorCode>")
        .has(200, "<ErrorCode>InvalidSetting</ErrorCode>");
    assert_eq!(reply.body.matches("<UserResponse>").count(), 4);
    let unavailable = "<ErrorCode>SettingIsNotAvailable</ErrorCode>";
    assert_eq!(
        reply.body.matches(unavailable).count(),
        2,
        "one URL, one DN"
    );
    server.update(|options| {
        options.autodiscover.soap_refusal = Some(("ServerBusy".into(), "Later.".into()));
    });
    let busy = soap(&server, &users).await;
    busy.has(200, "<ErrorCode>ServerBusy</ErrorCode>");
    assert!(!busy.body.contains("UserResponse"), "{busy:?}");
}

#[tokio::test]
async fn soap_refuses_what_it_cannot_read() {
    let server = simulator(Options::default()).await;
    let good = user_settings(&["user1@contoso.com"]);
    for (bad, status, piece) in [
        ("<soap:Envelope>".to_owned(), 500, "DeserializationFailed"),
        (
            good.replace("GetUserSettings", "GetNothing"),
            500,
            "ActionNotSupported",
        ),
        (
            good.replace("wsa:Action", "wsa:Axtion"),
            500,
            "ActionNotSupported",
        ),
        (good.replace("a:Users", "a:Losers"), 200, "InvalidRequest"),
        (
            good.replace("RequestedServerVersion", "Version"),
            200,
            "InvalidRequest",
        ),
    ] {
        post(&server, "svc", Some(&service()), &bad)
            .await
            .has(status, piece);
    }
}

#[tokio::test]
async fn plain_xml_answers_with_settings_redirects_and_errors() {
    let external = EwsUrl::At("https://out.contoso.com/EWS/Exchange.asmx".into());
    let told = Autodiscover {
        external: Some(external),
        ..Autodiscover::default()
    };
    let told = told
        .user(
            "move@contoso.com",
            Found::RedirectAddress("move@fabrikam.com".into()),
        )
        .user(
            "url@contoso.com",
            Found::RedirectUrl("https://x.test/a.xml".into()),
        )
        .user(
            "odd@contoso.com",
            Found::Error {
                code: "603".into(),
                text: "Odd & even".into(),
            },
        )
        .user("busy@contoso.com", Found::Busy);
    let server = simulator(self::told(told)).await;
    let found = pox(&server, "user1@contoso.com").await;
    found
        .has(200, "<Type>EXCH</Type>")
        .has(200, &format!("<EwsUrl>{}</EwsUrl>", server.ews_url()))
        .has(
            200,
            "<EwsUrl>https://out.contoso.com/EWS/Exchange.asmx</EwsUrl>",
        )
        .has(200, "<Action>settings</Action>");
    pox(&server, "move@contoso.com").await.has(
        200,
        "<Action>redirectAddr</Action><RedirectAddr>move@fabrikam.com<",
    );
    pox(&server, "url@contoso.com").await.has(
        200,
        "<Action>redirectUrl</Action><RedirectUrl>https://x.test/a.xml<",
    );
    pox(&server, "odd@contoso.com").await.has(
        200,
        "<ErrorCode>603</ErrorCode><Message>Odd &amp; even</Message>",
    );
    pox(&server, "nobody@contoso.com")
        .await
        .has(200, "<ErrorCode>500</ErrorCode>");
    assert_eq!(pox(&server, "busy@contoso.com").await.status(), 503);
    let get = "GET /autodiscover/autodiscover.xml";
    let head = format!("Authorization: {}\r\n", service());
    let invalid = http(&server).await.send(get, &head, "").await;
    invalid.has(200, "<ErrorCode>600</ErrorCode>");
    let mobile = outlook("user1@contoso.com").replace("2006a<", "2099<");
    post(&server, "xml", Some(&service()), &mobile)
        .await
        .has(200, "<ErrorCode>601</ErrorCode>");
}

#[tokio::test]
async fn doors_are_shut_or_point_elsewhere_before_any_log_on() {
    let server = simulator(told(Autodiscover::redirecting(
        "https://autodiscover.contoso.com/autodiscover/autodiscover.xml",
    )))
    .await;
    let moved = get(&server, "/autodiscover/autodiscover.xml").await;
    assert_eq!(moved.status(), 302);
    assert_eq!(
        moved.header("location"),
        Some("https://autodiscover.contoso.com/autodiscover/autodiscover.xml")
    );
    assert_eq!(json(&server, "user1@contoso.com").await.status(), 404);
    assert_eq!(soap(&server, &["user1@contoso.com"]).await.status(), 404);
    let endless = Autodiscover {
        json: Endpoint::Endless,
        soap: Endpoint::Says(HttpAnswer::sign_in_page()),
        ..Autodiscover::default()
    };
    let endless = endless.user("@contoso.com", Found::EndlessAddress);
    let server = simulator(told(endless)).await;
    let path = "/autodiscover/autodiscover.json/v1.0/user1@contoso.com?Protocol=EWS";
    let first = get(&server, path).await;
    let base = server.ews_url().replace(OWN, "");
    assert_eq!(
        first.header("location"),
        Some(format!("{base}{path}&hop=1").as_str())
    );
    let second = get(&server, &format!("{path}&hop=1")).await;
    assert!(
        second
            .header("location")
            .is_some_and(|l| l.ends_with("&hop=2"))
    );
    soap(&server, &["user1@contoso.com"])
        .await
        .has(200, "<form");
    pox(&server, "user1@contoso.com")
        .await
        .has(200, "<RedirectAddr>hop1.user1@contoso.com</RedirectAddr>");
}

#[tokio::test]
async fn json_of_a_remote_user_leads_to_the_cloud() {
    let mut options = Options::default();
    options.mailboxes[0].state = MailboxState::Remote;
    let server = simulator(options).await;
    let reply = json(&server, "user1@contoso.com").await;
    assert_eq!(reply.status(), 302);
    assert_eq!(
        reply.header("location"),
        Some(
            "https://outlook.office365.com/autodiscover/autodiscover.json?\
             Email=user1%40contoso.mail.onmicrosoft.com&Protocol=EWS&RedirectCount=1"
        )
    );
}

fn https(name: &str, autodiscover: Autodiscover) -> Options {
    Options {
        bind: Bind::Https(Certificate::Ca),
        names: vec![name.to_owned()],
        autodiscover,
        ..Options::default()
    }
}

async fn connect(hosts: &Hosts, name: &'static str) -> Client {
    let client = http(hosts.host(name)).await;
    tls_over(client, Some(hosts.ca_pem()), name)
        .await
        .expect("the certificate names the host")
}

#[tokio::test]
async fn several_hosts_have_one_ca_and_tell_who_was_sent_credentials() {
    let plain = Options {
        bind: Bind::Http,
        ..https(
            "autodiscover.contoso.com",
            Autodiscover::redirecting(
                "https://autodiscover.contoso.com/autodiscover/autodiscover.xml",
            ),
        )
    };
    let hosts = hosts(vec![
        https("mail.contoso.com", Autodiscover::absent()),
        https(
            "autodiscover.contoso.com",
            Autodiscover::at("https://mail.contoso.com/EWS/Exchange.asmx"),
        ),
        plain,
    ])
    .await
    .expect("loopback ports are free");
    let places = hosts.resolve();
    let named: Vec<_> = places
        .iter()
        .map(|(n, port, _)| (n.as_str(), *port))
        .collect();
    assert_eq!(
        named,
        [
            ("mail.contoso.com", 443),
            ("autodiscover.contoso.com", 443),
            ("autodiscover.contoso.com", 80)
        ]
    );
    assert!(
        places
            .iter()
            .all(|(_, _, address)| address.ip().is_loopback())
    );
    let path = "GET /autodiscover/autodiscover.json/v1.0/user1@contoso.com?Protocol=EWS";
    connect(&hosts, "autodiscover.contoso.com")
        .await
        .send(path, "Authorization: Bearer\r\n", "")
        .await
        .has(200, "https://mail.contoso.com/EWS/Exchange.asmx");
    let plain = hosts.plain("autodiscover.contoso.com");
    assert_eq!(
        get(plain, "/autodiscover/autodiscover.xml").await.status(),
        302
    );
    assert_eq!(hosts.that_received_credentials(), Vec::<String>::new());
    let head = format!("Authorization: {}\r\n", service());
    let mut mail = connect(&hosts, "mail.contoso.com").await;
    mail.send("GET /", &head, "").await;
    assert_eq!(hosts.that_received_credentials(), ["mail.contoso.com"]);
    let seen = hosts.recorded();
    assert_eq!(seen.len(), 3);
    let (name, request) = &seen[0];
    assert_eq!(name, "mail.contoso.com");
    assert_eq!(request.method, "GET");
    assert_eq!(request.host.as_deref(), Some("localhost"));
    assert_eq!(request.scheme.as_deref(), Some("Basic"));
    assert_eq!(
        hosts.host("mail.contoso.com").public_ews_url(),
        "https://mail.contoso.com/EWS/Exchange.asmx"
    );
    hosts.stop().await;
}

#[tokio::test]
async fn a_fault_can_be_planned_for_one_door() {
    let server = simulator(Options::default()).await;
    let path = When::Path("/autodiscover/autodiscover.svc".to_owned());
    server.plan(Fault::once(path, What::Http(HttpAnswer::status(500))));
    json(&server, "user1@contoso.com").await.has(200, "EWS");
    assert_eq!(soap(&server, &["user1@contoso.com"]).await.status(), 500);
    assert_eq!(soap(&server, &["user1@contoso.com"]).await.status(), 200);
}
