//! Addresses, headers, the health check.

use indexmap::IndexMap;

use super::text::Place;
use super::{Lowering, broken};
use crate::sink::model::{
    Acknowledgement, Base, Endpoint, Health, Parameter, Piece, Text, Transport,
};
use crate::spec::model as spec;

impl Lowering<'_> {
    pub(super) fn transport(&mut self) -> Transport {
        let endpoint = self.spec.endpoint.as_ref();
        let endpoint = endpoint.map(|endpoint| self.endpoint(endpoint));
        match (self.spec.transport, endpoint) {
            (spec::Transport::Http, Some(endpoint)) => Transport::Http(endpoint),
            (spec::Transport::Http, None) => broken("no endpoint"),
            (spec::Transport::AwsCloudwatchLogs, endpoint) => {
                Transport::AwsCloudwatchLogs(endpoint)
            }
        }
    }

    fn endpoint(&mut self, endpoint: &spec::Endpoint) -> Endpoint {
        Endpoint {
            base: self.base(&endpoint.base),
            whole: endpoint.whole.as_ref().map(|name| self.setting(name)),
            method: endpoint.method,
            path: self.text(&endpoint.path, Place::Request),
            query: self.parameters(&endpoint.query),
            headers: self.parameters(&endpoint.headers),
            health: endpoint
                .health
                .as_ref()
                .map(|health| self.health(endpoint, health)),
            acknowledgement: endpoint
                .acknowledgement
                .as_ref()
                .map(|acknowledgement| self.acknowledgement(acknowledgement)),
        }
    }

    fn acknowledgement(&mut self, given: &spec::Acknowledgement) -> Acknowledgement {
        let query = given.query.iter();
        Acknowledgement {
            when: given.when.as_ref().map(|name| self.setting(name)),
            path: self.text(&given.path, Place::Request),
            query: query
                .map(|(name, text)| (name.clone(), self.text(text, Place::Request)))
                .collect(),
            body: around_id(&given.body),
            id: given.id.clone(),
            acknowledged: around_id(&given.acknowledged),
            every: self.setting(&given.every),
            within: self.setting(&given.within),
        }
    }

    fn base(&mut self, base: &str) -> Base {
        let replaced_by = self.spec.override_name().map(|name| self.setting(name));
        Base {
            text: self.text(base, Place::Request),
            replaced_by,
        }
    }

    fn parameters(&mut self, given: &IndexMap<String, String>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (name, value) in given {
            let value = self.text(value, Place::Request);
            parameters.push(parameter(name.clone(), name == "*", value));
        }
        parameters
    }

    fn health(&mut self, endpoint: &spec::Endpoint, health: &spec::Health) -> Health {
        let ranges = health.healthy.iter().filter_map(spec::StatusSet::range);
        Health {
            method: health.method.unwrap_or(spec::Method::Get),
            base: self.base(health.base.as_ref().unwrap_or(&endpoint.base)),
            path: self.text(&health.path, Place::Request),
            authenticated: health.authenticated.unwrap_or(true),
            body: health.body.clone(),
            healthy: ranges.collect(),
        }
    }
}

/// What stands before and after the hole `{id}`.
fn around_id(text: &str) -> [String; 2] {
    match text.split_once("{id}") {
        Some((before, after)) => [before.to_owned(), after.to_owned()],
        None => broken("no `{id}`"),
    }
}

fn parameter(name: String, is_each: bool, value: Text) -> Parameter {
    match value.pieces.as_slice() {
        [Piece::Setting(id)] if is_each => Parameter::Each(*id),
        _ if is_each => broken("`*` of something that is no setting"),
        _ => Parameter::Named { name, value },
    }
}
