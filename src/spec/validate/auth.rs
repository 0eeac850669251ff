//! `auth` and `transport`: credentials that exist, schemes the transport can use.

use super::{At, Validator, names};
use crate::spec::model::{Auth, FieldType, Transport};

/// Types that a name or identifier can have.
const PLAIN: [FieldType; 2] = [FieldType::String, FieldType::Enum];

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let at = At::root("auth");
    if spec.auth.is_empty() {
        v.report_hint(
            &at,
            "`auth` is empty",
            "a provider without credentials has `- scheme: none`",
        );
    }
    for (index, auth) in spec.auth.iter().enumerate() {
        check_entry(v, &at.index(index), auth);
        let last = index + 1 == spec.auth.len();
        if matches!(auth, Auth::None {}) && !last {
            v.report_key_hint(
                &at.index(index),
                "entries after the scheme `none` are never used",
                "move it to the end",
            );
        }
    }
}

fn check_entry(v: &mut Validator<'_>, at: &At<'_>, auth: &Auth) {
    let aws = matches!(auth, Auth::AwsDefaultChain { .. });
    let sdk = v.spec.transport == Transport::AwsCloudwatchLogs;
    if aws != sdk {
        let message = if sdk {
            "the transport `aws_cloudwatch_logs` needs the scheme `aws_default_chain`"
        } else {
            "the scheme `aws_default_chain` needs the transport `aws_cloudwatch_logs`"
        };
        v.report(&at.key("scheme"), message);
    }
    match auth {
        Auth::None {} => {}
        Auth::Header { name, secret } => {
            check_header_name(v, &at.key("name"), name);
            v.check_setting(&at.key("secret"), secret, &[FieldType::Secret]);
        }
        Auth::Authorization { word, secret } => {
            if !names::is_token(word) {
                v.report(&at.key("word"), format!("`{word}` is not one word"));
            }
            v.check_setting(&at.key("secret"), secret, &[FieldType::Secret]);
        }
        Auth::Basic { username, password } => {
            let types = [FieldType::String, FieldType::Secret];
            v.check_setting(&at.key("username"), username, &types);
            if let Some(password) = password {
                v.check_setting(&at.key("password"), password, &[FieldType::Secret]);
            }
        }
        Auth::Query { name, secret } => {
            v.require_text(&at.key("name"), name, "`name`");
            v.check_setting(&at.key("secret"), secret, &[FieldType::Secret]);
        }
        Auth::AwsDefaultChain { region } => {
            v.check_setting(&at.key("region"), region, &PLAIN);
        }
    }
}

pub fn check_header_name(v: &mut Validator<'_>, at: &At<'_>, name: &str) {
    if !names::is_token(name) {
        v.report(at, format!("`{name}` is not a header name"));
    }
}
