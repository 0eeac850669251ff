//! What the answers of Minimal Logs mean for the events of a request.
