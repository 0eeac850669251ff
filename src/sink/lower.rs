//! From a checked spec to its lowered form.
//!
//! Total: a spec that passed the checks of [`crate::spec`] always lowers. What the checks rule out
//! ends in [`broken`], an error of this program and not of the spec.

mod answers;
mod credentials;
mod endpoint;
mod limits;
mod payload;
mod settings;
mod text;
mod value;

use super::model::{Chain, SettingId, Sink, Source, SourceId};
use crate::spec::model::{Encoding, Spec};

/// Resolves everything that a spec names.
///
/// # Panics
///
/// When the spec did not pass the checks.
#[must_use]
pub fn lower(spec: &Spec) -> Sink {
    let mut lowering = Lowering {
        spec,
        partition: Vec::new(),
    };
    let transport = lowering.transport();
    let credentials = lowering.credentials();
    let payload = lowering.payload();
    let settings = lowering.settings();
    let limits = lowering.limits(&payload);
    Sink {
        id: spec.id.clone(),
        title: spec.title.clone(),
        summary: spec.summary.clone(),
        docs_url: spec.docs_url.clone(),
        type_prefix: spec.type_prefix(),
        python_plugin: spec
            .names
            .python_plugin
            .clone()
            .unwrap_or_else(|| spec.id.clone()),
        env_prefix: spec.env_prefix(),
        sources: sources(spec),
        settings,
        credentials,
        transport,
        payload,
        delivery: limits::delivery(spec),
        limits,
        compression: compression(spec),
        compression_env: std::iter::once(spec.automatic_variable("compression"))
            .chain(spec.compression.env.iter().cloned())
            .collect(),
        timeout_milliseconds_env: spec.delivery.timeout_milliseconds_env.clone(),
        answers: answers::lower(&spec.responses),
        resources: spec.resources.clone(),
        canned: spec.answers.clone(),
        docs: spec.docs.clone(),
        vectors: spec.vectors.clone(),
    }
}

/// What is lowered, and the values that all events of a request share, as they are met.
struct Lowering<'s> {
    spec: &'s Spec,
    partition: Vec<Chain>,
}

impl Lowering<'_> {
    /// The setting of a name.
    fn setting(&self, name: &str) -> SettingId {
        match self.spec.config.get_index_of(name) {
            Some(index) => SettingId(index),
            None => broken(&format!("no setting `{name}`")),
        }
    }

    /// Where a vendor fact was read.
    fn source(&self, key: &str) -> SourceId {
        match self.spec.sources.get_index_of(key) {
            Some(index) => SourceId(index),
            None => broken(&format!("no source `{key}`")),
        }
    }

    /// A value that all events of a request share, each once.
    fn shared(&mut self, chain: Chain) -> usize {
        if let Some(index) = self.partition.iter().position(|known| *known == chain) {
            return index;
        }
        self.partition.push(chain);
        self.partition.len() - 1
    }
}

fn sources(spec: &Spec) -> Vec<Source> {
    let lower = |(key, source): (&String, &crate::spec::model::Source)| Source {
        key: key.clone(),
        title: source.title.clone(),
        url: source.url.clone(),
        checked: source.checked.clone(),
    };
    spec.sources.iter().map(lower).collect()
}

fn compression(spec: &Spec) -> Vec<Encoding> {
    match spec.compression.offered.as_slice() {
        [] => vec![Encoding::None],
        offered => offered.to_vec(),
    }
}

/// An error of this program: the checks let something through.
fn broken(what: &str) -> ! {
    panic!("internal error: {what}, although the spec passed its checks; please report it")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::sink::model::{Form, Outcome, Piece, Record, Sizing, Value};
    use crate::spec::load_file;

    fn sink(path: &str) -> Sink {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        match load_file(&root.join(path)) {
            Ok(loaded) => lower(&loaded.spec),
            Err(problems) => panic!("{problems}"),
        }
    }

    #[test]
    fn the_plain_list_is_the_whole_envelope() {
        let datadog = sink("providers/datadog.yaml");

        let Form::Envelope { envelope, position } = &datadog.payload.form else {
            panic!("{:?}", datadog.payload.form);
        };
        assert_eq!((envelope, position), (&Value::Records, &None));
        let sizing = Sizing {
            batch: 1,
            record: 1,
            group: 0,
        };
        assert_eq!(datadog.limits.sizing, sizing);
        assert_eq!(datadog.limits.max_event_bytes.value, 1_000_000);
        assert_eq!(datadog.answers.otherwise, Outcome::Paused);
    }

    #[test]
    fn a_line_before_that_holds_for_all_events_belongs_to_the_form() {
        let opensearch = sink("tests/backends/opensearch_sigv4.yaml");

        let Form::Lines {
            before: Some(before),
            newline: true,
        } = &opensearch.payload.form
        else {
            panic!("{:?}", opensearch.payload.form);
        };
        assert!(before.is_fixed());
        assert!(matches!(
            &opensearch.payload.record,
            Record::Json { before: None, .. }
        ));
        assert_eq!(opensearch.limits.sizing.record, 2);
    }

    #[test]
    fn levels_that_are_not_named_keep_their_names() {
        let acme = sink("tests/bad_specs/valid.yaml");

        let levels = acme.payload.levels.expect("a value asks for them");
        assert_eq!(
            levels.words[2..5],
            [json!("info"), json!("notice"), json!("warn")]
        );
        assert!(levels.is_text && levels.other.is_none());
    }

    #[test]
    fn the_automatic_variable_is_the_last() {
        let loki = sink("providers/loki.yaml");

        let url = &loki.settings[0];
        assert_eq!(url.env, ["LOKI_SINK_URL", "LOKI_URL", "LOKI_ADDR"]);
        let datadog = sink("providers/datadog.yaml");
        assert_eq!(
            datadog.settings[0].env,
            ["DATADOG_SINK_API_KEY", "DD_API_KEY"]
        );
        let endpoint = loki.endpoint().expect("it has one");
        assert!(matches!(
            endpoint.base.text.pieces.as_slice(),
            [Piece::Setting(_)]
        ));
        assert!(endpoint.base.replaced_by.is_some());
    }
}
