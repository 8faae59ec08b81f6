//! What sign-ins and apps are registered with: public clients for one account, apps within a scope.

use contract::ModernAuthentication;

use super::{CLIENT, TODAY, commands, contoso, prose, shown};

#[test]
fn a_sign_in_is_registered_as_a_public_client_for_one_account() {
    let guide = shown("sign-in", &contoso(), TODAY);
    let (text, code) = (prose(&guide), commands(&guide));
    for needed in [
        "-PublicClient @{ RedirectUris = @('http://localhost') }",
        "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5",
        "-Scope 'EWS.AccessAsUser.All'",
        "-ConsentType 'Principal'",
        "Connect-MgGraph -Environment 'Global' -TenantId 'contoso.onmicrosoft.com'",
        "$id = '71487acd-ec93-476d-bd0e-6c8b31831053'",
    ] {
        assert!(code.contains(needed), "{needed}");
    }
    assert!(!code.contains("AllPrincipals"), "nobody else is let in");
    assert!(!code.contains("-Web "), "it would be asked for a secret");
    assert!(text.contains("as the service account, never as the user"));
    for code in [
        "AADSTS50011",
        "AADSTS7000218",
        "AADSTS65001",
        "AADSTS500011",
    ] {
        assert!(text.contains(code), "{code}");
    }
    let missing = guide.steps.iter().flat_map(|step| &step.blocks);
    let mut missing: Vec<&String> = missing.flat_map(|block| &block.missing).collect();
    missing.dedup();
    assert_eq!(missing, ["user principal name of the account"]);
}

#[test]
fn an_app_is_scoped_and_loses_what_opens_the_tenant() {
    for (id, role) in [
        ("exchange-online", "Application Mail.Read"),
        ("ews-app", "Application EWS.AccessAsApp"),
    ] {
        let guide = shown(id, &contoso(), TODAY);
        let (text, code) = (prose(&guide), commands(&guide));
        let granted =
            format!("-App '{CLIENT}' -Role '{role}' -CustomResourceScope 'EWS-Imp-Scope'");
        assert!(code.contains(&granted), "{id}: {granted}");
        for mailbox in ["anna@contoso.com", "ceo@contoso.com"] {
            let proof = format!(
                "Test-ServicePrincipalAuthorization -Identity '{CLIENT}' -Resource '{mailbox}'"
            );
            assert!(code.contains(&proof), "{id}: {proof}");
        }
        assert!(code.contains("Remove-MgServicePrincipalAppRoleAssignment"));
        assert!(text.contains("rights add up") || text.contains("Rights add up"));
        // What gives every mailbox back is picked, never stumbled upon.
        for block in guide.steps.iter().flat_map(|step| &step.blocks) {
            let consents = block.powershell.contains("\nNew-MgServicePrincipalAppRole");
            assert!(!consents || block.flagged.is_some(), "{}", block.powershell);
        }
    }
    let ews = prose(&shown("ews-app", &contoso(), TODAY));
    for dated in [
        "1 April 2025",
        "June 2026",
        "1 October 2026",
        "1 April 2027",
    ] {
        assert!(ews.contains(dated), "{dated}");
    }
    assert!(ews.contains("EWS is blocked by policy for this user or tenant"));
}

#[test]
fn ad_fs_gets_a_client_of_its_own_with_a_fixed_port() {
    let entra = commands(&shown("hybrid", &contoso(), TODAY));
    assert!(entra.contains("-RedirectUri 'http://localhost:<fixed port>/'"));
    assert!(!entra.contains(CLIENT), "that one is of Microsoft Entra");
    let mut known = contoso();
    known.modern = ModernAuthentication {
        authority: contract::AuthorityKind::AdFs,
        authority_url: "https://adfs.contoso.com".to_owned(),
        redirect_port: Some(53682),
        ..known.modern
    };
    let adfs = commands(&shown("hybrid", &known, TODAY));
    for needed in [
        "-AuthMetadataUrl 'https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml'",
        "-Identifier '71487acd-ec93-476d-bd0e-6c8b31831053' -RedirectUri 'http://localhost:53682/'",
        "-ServerRoleIdentifier 'https://mail.contoso.com/' -ScopeNames 'openid','offline_access','EWS.AccessAsUser.All'",
    ] {
        assert!(adfs.contains(needed), "{needed}");
    }
}

#[tokio::test]
async fn the_guide_of_an_organization_that_signs_in_by_an_app_comes_first_and_knows_the_app() {
    use contract::{
        AccessType, AppCredentialChange, EmailConfigurationForm, GuideRef, GuidesQuery,
        PasswordChange, SaveEmailConfiguration,
    };

    let options = crate::Options {
        vault: crate::VaultChoice::Memory,
        ..crate::Options::default()
    };
    let engine = crate::Engine::temporary(options).await.expect("space");
    let listed = engine.organizations_list(contract::OrganizationsQuery::default());
    let organization = listed.await.expect("a list")[0].id;
    let first = || async {
        let query = GuidesQuery {
            organization: Some(organization),
        };
        engine.guides_list(query).await.expect("guides")[0]
            .id
            .clone()
    };
    assert_eq!(first().await, "exchange-server");
    let save = SaveEmailConfiguration {
        organization,
        form: EmailConfigurationForm {
            access_type: AccessType::EwsApp,
            modern: contoso().modern,
            ..EmailConfigurationForm::default()
        },
        password: PasswordChange::Keep,
        proxy_password: None,
        app_credential: AppCredentialChange::default(),
    };
    engine.email_configuration_save(save).await.expect("saved");
    assert_eq!(first().await, "ews-app");
    let request = GuideRef {
        organization: Some(organization),
        guide: "ews-app".to_owned(),
    };
    let code = commands(&engine.guide_show(request).await.expect("a guide"));
    assert!(code.contains(&format!("-App '{CLIENT}'")), "{code}");
}
