//! Azure: an app's secret, a workload's file, the managed identities.

use credentials_part_tests::cloud_sink_parts::azure::{AzureIdentity, AzureOptions, credentials};
use credentials_part_tests::cloud_sink_parts::credentials::CredentialsContext;
use serde_json::json;

use super::support::{ManualClock, PATIENCE, START, Server, authorization, reply, text};

const SCOPE: &str = "https://monitor.azure.com/.default";

fn options(identity: AzureIdentity, authority: Option<&Server>) -> AzureOptions {
    AzureOptions {
        setting: "client_secret",
        identity,
        scope: SCOPE.to_owned(),
        authority: authority.map(|server| server.url.clone()),
    }
}

pub fn app(secret: &str) -> AzureIdentity {
    AzureIdentity::ClientSecret {
        tenant_id: Some("tenant".to_owned()),
        client_id: Some("client".to_owned()),
        client_secret: Some(secret.into()),
    }
}

async fn ask(options: AzureOptions, context: &CredentialsContext) -> Result<String, String> {
    authorization(&credentials(options, context).unwrap()).await
}

fn bare() -> CredentialsContext {
    ManualClock::new().context(PATIENCE)
}

#[tokio::test]
async fn app_asks_its_tenant_with_its_secret() {
    let login = Server::counting().await;

    let token = ask(options(app("s3cret&"), Some(&login)), &bare()).await;

    assert_eq!(Ok("Bearer token-1".to_owned()), token);
    let asked = &login.asked()[0];
    assert_eq!("/tenant/oauth2/v2.0/token", asked.target);
    let form = asked.form();
    assert_eq!("client_credentials", form["grant_type"]);
    assert_eq!("client", form["client_id"]);
    assert_eq!("s3cret&", form["client_secret"]);
    assert_eq!(SCOPE, form["scope"]);
    assert_eq!(4, form.len());
}

#[tokio::test]
async fn tenant_cannot_leave_its_place_in_the_url() {
    let login = Server::counting().await;
    let identity = AzureIdentity::ClientSecret {
        tenant_id: Some("../a?b#c".to_owned()),
        client_id: Some("client".to_owned()),
        client_secret: Some("secret".into()),
    };

    ask(options(identity, Some(&login)), &bare()).await.unwrap();

    let target = &login.asked()[0].target;
    assert_eq!("/..%2Fa%3Fb%23c/oauth2/v2.0/token", target);
}

#[tokio::test]
async fn refusal_names_the_setting() {
    let body = json!({
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret provided.",
    });
    let login = Server::always(reply(401, &body)).await;

    let error = ask(options(app("secret"), Some(&login)), &bare())
        .await
        .unwrap_err();

    let says = "`client_secret`: token endpoint 127.0.0.1 refused it: HTTP 401 Unauthorized: \
                invalid_client: AADSTS7000215";
    assert!(
        error.starts_with("Refused") && error.contains(says),
        "{error}"
    );
}

#[tokio::test]
async fn workload_sends_the_file_as_it_is_now() {
    let login = Server::counting().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first\n").unwrap();
    let clock = ManualClock::new();
    let identity = AzureIdentity::Workload {
        tenant_id: Some("tenant".to_owned()),
        client_id: Some("client".to_owned()),
        token_file: Some(file.path().to_owned()),
    };
    let azure = credentials(options(identity, Some(&login)), &clock.context(PATIENCE)).unwrap();
    authorization(&azure).await.unwrap();
    std::fs::write(file.path(), "second\n").unwrap();
    clock.advance(3_500);

    authorization(&azure).await.unwrap();

    let forms: Vec<_> = login
        .asked()
        .iter()
        .map(super::support::Asked::form)
        .collect();
    assert_eq!("first", forms[0]["client_assertion"]);
    assert_eq!("second", forms[1]["client_assertion"]);
    assert_eq!(
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        forms[0]["client_assertion_type"]
    );
    assert!(!forms[0].contains_key("client_secret"));
}

#[tokio::test]
async fn machine_asks_its_metadata_service() {
    let service = Server::always(reply(
        200,
        &json!({ "access_token": "t", "expires_in": "3599", "token_type": "Bearer" }),
    ))
    .await;
    let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*service.url)];
    let context = ManualClock::new().context_with(PATIENCE, &variables);
    let identity = AzureIdentity::Managed {
        client_id: Some("user assigned".to_owned()),
    };

    ask(options(identity, None), &context).await.unwrap();

    let asked = &service.asked()[0];
    assert_eq!("GET", asked.method);
    assert_eq!("/metadata/identity/oauth2/token", asked.path());
    assert_eq!(Some("true"), asked.header("metadata"));
    let query = asked.query();
    assert_eq!("2018-02-01", query["api-version"]);
    assert_eq!("https://monitor.azure.com", query["resource"]);
    assert_eq!("user assigned", query["client_id"]);
}

#[tokio::test]
async fn app_service_tells_the_moment_of_the_end() {
    let body = json!({ "access_token": "t", "expires_on": (START + 1_000).to_string() });
    let service = Server::always(reply(200, &body)).await;
    let url = format!("{}/msi/token", service.url);
    let variables = [("IDENTITY_ENDPOINT", &*url), ("IDENTITY_HEADER", "h3ader")];
    let clock = ManualClock::new();
    let identity = AzureIdentity::Managed { client_id: None };
    let context = clock.context_with(PATIENCE, &variables);
    let azure = credentials(options(identity, None), &context).unwrap();

    authorization(&azure).await.unwrap();
    clock.advance(774);
    authorization(&azure).await.unwrap();
    assert_eq!(1, service.count());
    clock.advance(1);
    authorization(&azure).await.unwrap();

    let asked = service.asked();
    assert_eq!(2, asked.len());
    assert_eq!("/msi/token", asked[0].path());
    assert_eq!(Some("h3ader"), asked[0].header("x-identity-header"));
    assert_eq!("2019-08-01", asked[0].query()["api-version"]);
    assert!(!asked[0].query().contains_key("client_id"));
}

#[tokio::test]
async fn identities_of_other_machines_are_refused_by_name() {
    let service = Server::counting().await;
    let arc = vec![("IDENTITY_ENDPOINT", &*service.url)];
    let fabric = vec![
        ("IDENTITY_ENDPOINT", &*service.url),
        ("IDENTITY_HEADER", "h3ader"),
        ("IDENTITY_SERVER_THUMBPRINT", "AB"),
    ];
    for variables in [arc, fabric] {
        let context = ManualClock::new().context_with(PATIENCE, &variables);
        let identity = AzureIdentity::Managed { client_id: None };

        let error = ask(options(identity, None), &context).await.unwrap_err();

        let says = "Azure Arc and Service Fabric are not supported";
        assert!(
            error.starts_with("Refused") && error.contains(says),
            "{error}"
        );
    }
    assert_eq!(0, service.count());
}

#[tokio::test]
async fn metadata_service_that_starts_is_an_outage() {
    for status in [404, 410, 429, 500] {
        let service = Server::always(text(status, "")).await;
        let variables = [("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*service.url)];
        let context = ManualClock::new().context_with(PATIENCE, &variables);
        let identity = AzureIdentity::Managed { client_id: None };

        let error = ask(options(identity, None), &context).await.unwrap_err();

        assert!(error.starts_with("Outage"), "{error}");
    }
}

#[tokio::test]
async fn environment_decides_secret_then_file_then_managed() {
    let service = Server::counting().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "federated").unwrap();
    let all = [
        ("AZURE_CLIENT_SECRET", "secret"),
        ("AZURE_FEDERATED_TOKEN_FILE", file.path().to_str().unwrap()),
        ("AZURE_TENANT_ID", "tenant"),
        ("AZURE_CLIENT_ID", "client"),
        ("AZURE_AUTHORITY_HOST", &*service.url),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", &*service.url),
    ];

    for variables in [&all[..], &all[1..], &all[2..]] {
        let context = ManualClock::new().context_with(PATIENCE, variables);
        let asked = ask(options(AzureIdentity::Environment, None), &context).await;
        asked.unwrap();
    }

    let asked = service.asked();
    assert_eq!("secret", asked[0].form()["client_secret"]);
    assert_eq!("federated", asked[1].form()["client_assertion"]);
    assert_eq!("client", asked[2].query()["client_id"]);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let nothing = || AzureIdentity::ClientSecret {
        tenant_id: None,
        client_id: None,
        client_secret: None,
    };
    for (variables, says) in [
        (vec![], "set it, or AZURE_TENANT_ID"),
        (vec![("AZURE_TENANT_ID", "t")], "set it, or AZURE_CLIENT_ID"),
        (
            vec![("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "c")],
            "set it, or AZURE_CLIENT_SECRET",
        ),
    ] {
        let context = ManualClock::new().context_with(PATIENCE, &variables);
        let error = ask(options(nothing(), None), &context).await.unwrap_err();
        assert!(
            error.starts_with("Refused") && error.contains(says),
            "{error}"
        );
    }
}

#[tokio::test]
async fn authority_without_tls_is_not_asked() {
    for (variable, identity) in [
        ("AZURE_AUTHORITY_HOST", app("secret")),
        (
            "AZURE_POD_IDENTITY_AUTHORITY_HOST",
            AzureIdentity::Managed { client_id: None },
        ),
    ] {
        let context =
            ManualClock::new().context_with(PATIENCE, &[(variable, "http://login.example")]);
        let error = ask(options(identity, None), &context).await.unwrap_err();
        assert!(
            error.starts_with("Refused") && error.contains("use https"),
            "{error}"
        );
    }
}
