//! The health check: the statements of `health_check`.

use super::super::text::{WIDTH, literal};
use super::classify::statuses;
use super::method;
use crate::provider::model::{Endpoint, Health, Method, Spec};
use crate::target::common::text::plain;

/// Columns a chain of method calls may take on one line.
const CHAIN_WIDTH: usize = 60;

/// Whether the check sends the credentials.
pub fn has_headers(endpoint: &Endpoint) -> bool {
    let health = endpoint.health.as_ref();
    health.is_some_and(|health| health.authenticated != Some(false))
}

/// For a provider that offers no check.
pub fn unchecked(spec: &Spec) -> String {
    let title = plain(&spec.title);
    format!(
        "            // {title} has no check that costs nothing; the first batch tells.\n            Ok(())\n"
    )
}

/// For a provider that offers one.
pub fn check(health: &Health) -> String {
    format!(
        "{}
            let response = self.client.send(request).await?;
            match response.status {{
                {} => Ok(()),
                _ => Err(HealthError::new(answer::reason(&response))),
            }}\n",
        request(health),
        statuses(&health.healthy)
    )
}

fn request(health: &Health) -> String {
    let method = method(health.method.unwrap_or(Method::Get));
    let mut chain = vec![
        ".client".to_owned(),
        format!(".request({method}, &self.health_url)"),
    ];
    if health.authenticated != Some(false) {
        chain.push(".headers(self.health_headers.clone())".to_owned());
    }
    if let Some(body) = &health.body {
        chain.push(format!(".body({})", literal(body)));
    }
    let short = format!("self{}", chain.concat());
    let one_line = format!("            let request = {short};");
    if chain.len() == 2 && one_line.len() <= WIDTH && short.len() < CHAIN_WIDTH {
        return one_line;
    }
    let lines = chain.join("\n                ");
    format!("            let request = self\n                {lines};")
}
