//! A marker password goes through everything and must stand nowhere.

use contract::{OrganizationRef, PasswordChange, Secret};

use crate::support::{NOW, World, form, save, store_password};

const CANARY: &str = "C4nary-pässwörd-7f3e";

/// Every encoding it could hide in.
fn shapes() -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let text = CANARY;
    let hex = text
        .bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    vec![
        text.as_bytes().to_vec(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        base64::engine::general_purpose::STANDARD
            .encode(text)
            .into_bytes(),
        hex.clone().into_bytes(),
        hex.to_uppercase().into_bytes(),
        b"C4nary".to_vec(),
    ]
}

fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn by_proxy() -> contract::EmailConfigurationForm {
    contract::EmailConfigurationForm {
        proxy: contract::ProxySetting::Custom {
            address: "proxy.contoso.com:8080".to_owned(),
            user: Some("me".to_owned()),
        },
        ..form()
    }
}

#[tokio::test]
async fn the_password_stands_in_no_byte_of_the_data_folder() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    world.user(id, "anna@contoso.com").await;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password(CANARY)))
        .await
        .expect("saved");
    let ask = PasswordChange::Ask {
        password: Some(Secret::new(CANARY.into())),
    };
    world
        .engine
        .email_configuration_save(save(id, form(), ask))
        .await
        .expect("asked");
    world
        .engine
        .email_configuration_save(save(id, form(), store_password(CANARY)))
        .await
        .expect("stored again");
    world
        .engine
        .email_configuration_save(contract::SaveEmailConfiguration {
            proxy_password: Some(Secret::new(CANARY.into())),
            ..save(id, by_proxy(), PasswordChange::Keep)
        })
        .await
        .expect("stored for the proxy");
    assert_eq!(
        world.vault.password(id).as_deref(),
        Some(CANARY),
        "the key store has it"
    );
    let activity = format!(
        "{:?}",
        world
            .engine
            .activity_page(contract::ActivityQuery::default())
            .await
    );
    let shown = format!(
        "{:?}",
        world
            .engine
            .email_configuration_show(OrganizationRef { organization: id })
            .await
    );
    let exported = format!(
        "{:?}",
        world
            .engine
            .users_export(contract::ExportUsers {
                organization: Some(id),
                filter: contract::UsersFilter::default()
            })
            .await
    );
    for said in [activity, shown, exported] {
        assert!(!said.contains("C4nary"), "{said}");
    }
    let world = world.reopen(NOW).await;
    world
        .engine
        .organization_remove(OrganizationRef { organization: id })
        .await
        .expect("removed");
    let mut found = Vec::new();
    files(world.folder.path(), &mut found);
    assert!(
        found.iter().any(|path| path.ends_with("understudy.db")),
        "looked in the right place"
    );
    for path in found {
        let bytes = std::fs::read(&path).expect("readable");
        for shape in shapes() {
            let there = bytes.windows(shape.len()).any(|window| window == shape);
            assert!(!there, "the password stands in {}", path.display());
        }
    }
}
