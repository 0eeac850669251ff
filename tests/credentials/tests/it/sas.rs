//! Shared access signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use credentials_part_tests::cloud_sink_parts::sas::{SasOptions, credentials};
use hmac::{Hmac, Mac};
use reqwest::Url;
use sha2::Sha256;

use super::support::{ManualClock, PATIENCE, START, Server, authorization, send_to, text};

const RESOURCE: &str = "https://space.servicebus.windows.net/hub one";
const KEY: &str = "a/key+of=";

fn options() -> SasOptions {
    SasOptions {
        resource: RESOURCE.to_owned(),
        key_name: "send only".to_owned(),
        key: KEY.into(),
    }
}

/// The end of a good signature. Panics when it is not good.
fn verified(header: &str) -> u64 {
    let fields = header.strip_prefix("SharedAccessSignature ").unwrap();
    let raw: Vec<&str> = fields.split('&').collect();
    let names: Vec<&str> = raw
        .iter()
        .map(|pair| pair.split('=').next().unwrap())
        .collect();
    assert_eq!(vec!["sr", "sig", "se", "skn"], names);
    let url = Url::parse(&format!("http://x/?{fields}")).unwrap();
    let value = |name: &str| {
        let pair = url.query_pairs().find(|(key, _)| key == name);
        pair.unwrap().1.into_owned()
    };
    assert_eq!(RESOURCE, value("sr"));
    assert_eq!("send only", value("skn"));
    // What is signed is the resource as it stands in the header, encoded.
    let resource = raw[0].strip_prefix("sr=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(format!("{resource}\n{}", value("se")).as_bytes());
    mac.verify_slice(&STANDARD.decode(value("sig")).unwrap())
        .expect("the signature fits");
    value("se").parse().unwrap()
}

#[tokio::test]
async fn signature_holds_for_an_hour_and_is_made_anew_before_its_end() {
    let clock = ManualClock::new();
    let sas = credentials(options(), &clock.context(PATIENCE));

    let first = authorization(&sas).await.unwrap();
    assert_eq!(START + 3_600, verified(&first));
    clock.advance(3_374);
    assert_eq!(first, authorization(&sas).await.unwrap());
    clock.advance(1);
    let second = authorization(&sas).await.unwrap();
    assert_eq!(START + 3_375 + 3_600, verified(&second));
}

#[tokio::test]
async fn signature_is_the_one_that_azures_example_makes() {
    // Made by the Python program in Azure's documentation.
    let sas = credentials(
        SasOptions {
            resource: "sb://space.servicebus.windows.net/hub".to_owned(),
            key_name: "RootManageSharedAccessKey".to_owned(),
            key: "SGVsbG8sIHdvcmxkIQ==".into(),
        },
        &ManualClock::new().context(PATIENCE),
    );

    assert_eq!(
        "SharedAccessSignature sr=sb%3A%2F%2Fspace.servicebus.windows.net%2Fhub\
         &sig=8UDk5oyn9FInkQTRbylFavQfyIG%2FAwVXL2CeDqDq4k0%3D&se=1800003600&skn=RootManageSharedAccessKey",
        authorization(&sas).await.unwrap()
    );
}

#[tokio::test]
async fn refusal_of_a_fresh_signature_is_the_backends_answer() {
    let backend = Server::always(text(401, "")).await;
    let sas = credentials(options(), &ManualClock::new().context(PATIENCE));

    assert_eq!(401, send_to(&backend, &sas).await.unwrap().status);
    assert_eq!(1, backend.count());
}
