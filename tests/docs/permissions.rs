//! The permissions that guides give to be copied: in the form that their reader takes, and what the sink needs.

use std::collections::BTreeMap;

/// What each built-in document of permissions is, and what the sink needs of it: no more may be in it, and no less.
const PERMISSIONS: [(&str, &[&str]); 12] = [
    ("azure_monitor", &["3913510d-42f4-4e42-8a64-420c390055eb"]),
    (
        "cloudwatch",
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
        ],
    ),
    ("dynatrace", &["logs.ingest"]),
    ("elasticsearch", &["auto_configure", "create_doc"]),
    ("event_hubs", &["2b629674-e913-4c01-ae53-ef4638d8f975"]),
    ("firehose", &["firehose:PutRecordBatch"]),
    ("gcp_logging", &["logging.logEntries.create"]),
    ("grafana_cloud", &["logs:write"]),
    (
        "opensearch",
        &[
            "aoss:APIAccessAll",
            "aoss:CreateIndex",
            "aoss:WriteDocument",
            "es:ESHttpGet",
            "es:ESHttpPost",
            "indices:admin/create",
            "indices:data/write/bulk",
            "indices:data/write/bulk*",
            "indices:data/write/index",
        ],
    ),
    ("pubsub", &["roles/pubsub.publisher"]),
    ("splunk_hec", &["main"]),
    (
        "sqs",
        &["kms:Decrypt", "kms:GenerateDataKey", "sqs:SendMessage"],
    ),
];

#[test]
fn permissions_are_what_the_provider_reads_and_the_sink_needs() {
    let sinks = fapilog_gen::sink::load_all(&fapilog_gen::assets::Assets::embedded())
        .expect("the specs are valid");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sink in &sinks {
        for permission in &sink.docs.permissions {
            let document = &permission.document;
            if document.get("Statement").is_some() {
                assert_iam_policy(&sink.id, document);
            }
            let granted = found.entry(sink.id.clone()).or_default();
            grants(document, granted);
        }
    }
    for granted in found.values_mut() {
        granted.sort();
        granted.dedup();
    }

    let expected: BTreeMap<String, Vec<String>> = PERMISSIONS
        .iter()
        .map(|(id, granted)| {
            let granted = granted.iter().map(|one| (*one).to_owned()).collect();
            ((*id).to_owned(), granted)
        })
        .collect();
    assert_eq!(expected, found);
}

/// What IAM asks of a policy's form.
fn assert_iam_policy(id: &str, policy: &serde_json::Value) {
    let members: Vec<_> = policy.as_object().expect("an object").keys().collect();
    assert_eq!(vec!["Version", "Statement"], members, "{id}");
    assert_eq!("2012-10-17", policy["Version"], "{id}");
    for statement in policy["Statement"].as_array().expect("a list") {
        assert_eq!("Allow", statement["Effect"], "{id}");
        for action in texts(&statement["Action"]) {
            let (service, operation) = action.split_once(':').expect("service:Operation");
            assert!(service.chars().all(|c| c.is_ascii_lowercase()), "{action}");
            assert!(
                operation.chars().all(|c| c.is_ascii_alphabetic()),
                "{action}"
            );
        }
        for resource in texts(&statement["Resource"]) {
            let is_arn = resource.starts_with("arn:aws:") && resource.matches(':').count() >= 5;
            assert!(is_arn || resource == "*", "{id}: {resource}");
        }
    }
}

/// A text, or those of a list.
fn texts(value: &serde_json::Value) -> Vec<String> {
    let one = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    match value {
        serde_json::Value::Array(all) => all.iter().map(one).collect(),
        other => vec![one(other)],
    }
}

/// Whatever a document grants, under the names that vendors have for it.
fn grants(document: &serde_json::Value, found: &mut Vec<String>) {
    const NAMES: [&str; 10] = [
        "Action",
        "Permission",
        "allowedIndexes",
        "allowed_actions",
        "cluster_permissions",
        "includedPermissions",
        "privileges",
        "role",
        "roleDefinitionId",
        "scopes",
    ];
    match document {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                if NAMES.contains(&name.as_str()) {
                    // Of an expression of ARM the id in it.
                    let ids = texts(value).into_iter();
                    found.extend(ids.map(|text| match text.split('\'').nth(3) {
                        Some(id) => id.to_owned(),
                        None => text,
                    }));
                } else {
                    grants(value, found);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| grants(item, found)),
        _ => {}
    }
}
