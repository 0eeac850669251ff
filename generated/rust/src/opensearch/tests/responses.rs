//! What the answers of `OpenSearch` mean for the events of a request.
