//! What becomes of events at the edge of what Minimal Logs accepts.
