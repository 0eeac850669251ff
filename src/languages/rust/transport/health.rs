//! The health check: the statements of `health_check`.

use super::super::layout::{Expr, arm, line};
use super::super::text::literal;
use super::classify::statuses;
use super::method;
use crate::spec::model::{Endpoint, Health, Method, Spec};
use crate::text::plain;

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
        "{}            let response = self.client.send(request).await?;
            match response.status {{
{}
                _ => Err(HealthError::new(http::reason(&response))),
            }}\n",
        request(health),
        arm(
            16,
            &Expr::pattern(statuses(&health.healthy)),
            &Expr::text("Ok(())")
        )
    )
}

fn request(health: &Health) -> String {
    let method = method(health.method.unwrap_or(Method::Get));
    let mut chain = format!("self.client.request({method}, &self.health_url)");
    if health.authenticated != Some(false) {
        chain += ".headers(self.health_headers.clone())";
    }
    if let Some(body) = &health.body {
        chain += &format!(".body({})", literal(body));
    }
    line(12, "let request = ", &Expr::text(chain))
}
