use super::*;

const TODAY: &str = "2026-11-30";

fn draft(example: &Example) -> String {
    from_example("acme", example, TODAY, &Assets::embedded())
        .unwrap_or_else(|refusal| panic!("{}", shown(refusal)))
}

fn shown(refusal: Refusal) -> String {
    match refusal {
        Refusal::Spec(found) => found.render(false),
        Refusal::Other(problem) => problem.message,
    }
}

fn curl(text: &str) -> String {
    draft(&from_curl(text).unwrap_or_else(|problem| panic!("{}", problem.message)))
}

/// The line of a draft that starts so, without what surrounds it.
fn line<'t>(text: &'t str, start: &str) -> &'t str {
    let mut lines = text.lines().map(str::trim);
    lines
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("{start}: {text}"))
}

#[test]
fn a_spec_of_nothing_validates_and_says_what_to_look_up() {
    let text = draft(&Example::of_nobody());

    assert!(text.matches("LOOK UP").count() >= 6, "{text}");
    assert_eq!(
        "- { scheme: authorization, word: \"Bearer\", secret: token }",
        line(&text, "- { scheme")
    );
    assert!(text.contains("body: \"[{\\\"timestamp\\\":1767323045678,\\\"level\\\":\\\"info\\\",\\\"message\\\":\\\"order placed\\\",\\\"data\\\""), "{text}");
}

#[test]
fn every_built_in_spec_can_be_extended() {
    for base in Assets::embedded().provider_ids() {
        extending("acme", &base, &Assets::embedded())
            .unwrap_or_else(|refusal| panic!("{base}: {}", shown(refusal)));
    }
}

#[test]
fn an_array_with_a_key_in_a_header() {
    let text = curl(
        "curl -X POST 'https://http-intake.logs.acme.com/api/v2/logs?mode=fast' \\\n  -H 'Content-Type: application/json' -H \"DD-API-KEY: 0123456789abcdef0123456789abcdef\" \\\n  -d '[{\"message\":\"hi\",\"date\":\"2026-01-02T03:04:05.123456Z\",\"status\":\"WARN\",\"hostname\":\"i-1\",\"ddsource\":\"nginx\"}]'",
    );

    assert!(!text.contains("0123456789abcdef"), "{text}");
    assert_eq!(
        "- { scheme: header, name: \"DD-API-KEY\", secret: dd_api_key }",
        line(&text, "- { scheme")
    );
    assert_eq!(
        "date: { from: timestamp, as: rfc3339_us }",
        line(&text, "date:")
    );
    assert_eq!(
        "status: { from: level, as: level_upper }",
        line(&text, "status:")
    );
    assert_eq!(
        "hostname: { from: diagnostics.host }",
        line(&text, "hostname:")
    );
    assert!(line(&text, "ddsource:").starts_with("ddsource: \"nginx\" # LOOK UP"));
    assert_eq!("mode: \"fast\"", line(&text, "mode:"));
    assert_eq!("body: { records: all }", line(&text, "body:"));
}

#[test]
fn records_within_an_object_and_a_nested_record() {
    let text = curl(
        r#"curl https://in.acme.com/v1/$DATASET/events -u 'shipper:s3cr3t-pass' --json '{"source":"app","meta":{"v":[1,2]},"batch":{"entries":[{"ts":1767323045,"sev":3,"event":{"text":"x","severity":"Info","fields":{"a":1}}}]}}'"#,
    );

    assert!(!text.contains("s3cr3t"), "{text}");
    assert_eq!(
        "- { scheme: basic, username: username, password: password }",
        line(&text, "- { scheme")
    );
    assert_eq!("path: \"/v1/{dataset}/events\"", line(&text, "path:"));
    assert_eq!("entries: { records: all }", line(&text, "entries:"));
    assert_eq!("ts: { from: timestamp, as: unix_s }", line(&text, "ts:"));
    assert_eq!("text: { from: message }", line(&text, "text:"));
    assert_eq!("fields: { rest: data }", line(&text, "fields:"));
    assert!(line(&text, "levels:").contains("info: Info"), "{text}");
}

#[test]
fn lines_of_json_and_of_text() {
    let bulk = curl(
        "curl -XPOST https://es.acme.com/_bulk -H 'Content-Type: application/x-ndjson' --data-binary $'{\"create\":{\"_index\":\"logs\"}}\\n{\"@timestamp\":\"2026-01-02T03:04:05Z\",\"message\":\"x\"}\\n'",
    );
    let text = curl(
        "curl https://acme.com/receiver/v1/http/ZaVnC4dhaV2kFi8vTn0aQ9xY7b3c5d== -d '2026-01-02 INFO started now'",
    );

    assert_eq!("lines: ndjson", line(&bulk, "lines:"));
    assert_eq!("before:", line(&bulk, "before:"));
    assert_eq!("lines: text", line(&text, "lines:"));
    assert!(!text.contains("ZaVnC4dhaV2k"), "{text}");
    assert_eq!("path: \"/receiver/v1/http/{token}\"", line(&text, "path:"));
}

#[test]
fn one_record_and_names_that_no_setting_may_have() {
    let text = curl(
        r#"curl "https://acme.com/<type>/{batch_size}?api_key=YOUR_API_KEY&url=:url" -d '{"version":"1.1","short_message":"{braces}","level":6,"_auth_token":"abcdefghijk","odd key":{"b":null}}'"#,
    );

    assert_eq!("body: { records: one }", line(&text, "body:"));
    assert_eq!(
        "- { scheme: query, name: \"api_key\", secret: api_key }",
        line(&text, "- { scheme")
    );
    assert_eq!(
        "path: \"/{type_value}/{batch_size_value}\"",
        line(&text, "path:")
    );
    assert!(!text.contains("abcdefghijk"), "{text}");
    assert!(line(&text, "level:").starts_with("level: { from: level, as: level_map }"));
}

#[test]
fn a_recorded_request_brings_its_answer() {
    let har = r#"{"log":{"entries":[
        {"request":{"method":"GET","url":"https://acme.com/","headers":[]},"response":{"status":200}},
        {"request":{"method":"POST","url":"https://in.acme.com/v1/logs","headers":[{"name":":authority","value":"in.acme.com"},{"name":"authorization","value":"Bearer abc.def.ghi"},{"name":"X-Scope","value":"team"},{"name":"User-Agent","value":"Firefox"}],
         "postData":{"mimeType":"application/json","text":"{\"logs\":[{\"msg\":\"x\",\"time\":1767323045.5}]}"}},
         "response":{"status":202,"content":{"text":"{\"ok\":true}"}}},
        {"request":{"method":"PUT","url":"https://x.acme.com/","headers":[],"postData":{"text":"x"}},"response":{}}]}}"#;

    let (example, count) = from_har(har).expect("read");
    let text = draft(&example);

    assert_eq!(2, count);
    assert_eq!("X-Scope: \"team\"", line(&text, "X-Scope:"));
    assert_eq!(
        "time: { from: timestamp, as: unix_seconds }",
        line(&text, "time:")
    );
    assert!(
        !text.contains("Firefox") && !text.contains("abc.def"),
        "{text}"
    );
    assert_eq!(
        "- { name: accepted, status: 202, body: \"{\\\"ok\\\":true}\", outcome: delivered }",
        line(&text, "- { name: accepted")
    );
}

#[test]
fn what_no_sink_sends_is_refused_with_a_way_out() {
    let refused = |text: &str| {
        let example = from_curl(text).and_then(|example| Parts::of(&example).map(drop));
        let problem = example.expect_err("refused");
        assert!(problem.hint.is_some(), "{}", problem.message);
        problem.message
    };

    assert_eq!(
        "the example is no `curl` command",
        refused("wget https://acme.com")
    );
    assert_eq!(
        "the example is a GET without a body",
        refused("curl https://acme.com")
    );
    assert_eq!(
        "the body is in the file `a.json`",
        refused("curl https://acme.com -d @a.json")
    );
    assert_eq!(
        "`-F` sends what no sink sends",
        refused("curl https://acme.com -F a=b")
    );
    assert_eq!(
        "the body is a form, which no sink sends",
        refused("curl https://acme.com -d 'a=1&b=2'")
    );
    assert_eq!(
        "the body is what the provider `loki` sends",
        refused(r#"curl https://acme.com -d '{"streams":[]}'"#)
    );
    assert_eq!(
        "`ftp://acme.com` is no address of a sink: its scheme is neither https nor http",
        refused("curl ftp://acme.com -d '{\"a\":1}'")
    );
    assert!(from_curl("curl 'https://acme.com").is_err());
}

/// Whatever stands in an example, what comes out validates or is refused.
#[test]
fn odd_examples_become_a_spec_or_are_refused() {
    let values = [
        "\"\"",
        "null",
        "[]",
        "{}",
        "[1,2]",
        "[{\"a\":[{\"b\":{}}]}]",
        "\"ü\\u0000 \\u202e: # {x} {{\"",
        "-1.5e30",
        "{\"from\":\"x\",\"rest\":\"y\"}",
        "\"0123456789abcdefghij\"",
    ];
    let keys = [
        "",
        "a",
        "a b",
        "*",
        "on",
        "timestamp",
        "Level",
        "123",
        "-",
        "ü",
        "a.b/c~d",
        "records",
        "message",
        "context",
        "\\\"",
        "#",
        "__proto__",
    ];
    let mut written = 0;
    for key in keys {
        for value in values {
            for body in [
                format!("[{{\"{key}\":{value}}}]"),
                format!("{{\"{key}\":{value},\"logs\":[{{\"m\":{value},\"{key}\":1}}]}}"),
            ] {
                let example = Example {
                    method: "POST".to_owned(),
                    url: "https://acme.com/v1/logs?mode=x".to_owned(),
                    headers: vec![("X-Odd".to_owned(), "a {b} c".to_owned())],
                    body: body.clone(),
                    user: None,
                    answer: None,
                };
                match from_example("acme", &example, TODAY, &Assets::embedded()) {
                    Ok(_) => written += 1,
                    Err(Refusal::Other(_)) => {}
                    Err(Refusal::Spec(found)) => panic!("{body}: {}", found.render(false)),
                }
            }
        }
    }
    assert!(written > 200, "{written}");
}

#[test]
fn a_shouted_token_in_a_path_is_a_secret_and_a_session_is_none() {
    let text = curl(
        r#"curl https://in.acme.com/bulk/TOKEN/tag/bulk/ --json '{"session":"149d8290-7871-11e1-b0c4-0800200c9a66","trace_key":"149d8290-7871-11e1-b0c4-0800200c9a77","events":[{"message":"x"}]}'"#,
    );

    assert_eq!("path: \"/bulk/{token}/tag/bulk/\"", line(&text, "path:"));
    assert!(text.contains("type: secret"), "{text}");
    assert!(
        line(&text, "session:")
            .starts_with("session: \"149d8290-7871-11e1-b0c4-0800200c9a66\" # LOOK UP"),
        "{text}"
    );
    assert!(!text.contains("0800200c9a77"), "{text}");
}
