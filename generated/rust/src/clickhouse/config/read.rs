//! Reading the settings of the `ClickHouse` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::ClickhouseSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["CLICKHOUSE_URL", "CLICKHOUSE_SINK_URL"];
const DATABASE: &[&str] = &["CLICKHOUSE_DATABASE", "CLICKHOUSE_SINK_DATABASE"];
const TABLE: &[&str] = &["CLICKHOUSE_TABLE", "CLICKHOUSE_SINK_TABLE"];
const USER: &[&str] = &["CLICKHOUSE_USER", "CLICKHOUSE_SINK_USER"];
const PASSWORD: &[&str] = &["CLICKHOUSE_PASSWORD", "CLICKHOUSE_SINK_PASSWORD"];
const COMPRESSION: &[&str] = &["CLICKHOUSE_SINK_COMPRESSION"];

impl ClickhouseSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        fields.over(&mut config.database, "database", DATABASE, Fields::string);
        fields.over(&mut config.table, "table", TABLE, Fields::string);
        config.user = fields.string("user", USER);
        config.password = fields.secret("password", PASSWORD);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("CLICKHOUSE_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "url", &self.url);
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("user", self.user.is_some()),
        );
        errors
    }
}
