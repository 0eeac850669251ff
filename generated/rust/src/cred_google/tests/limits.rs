//! What becomes of events at the edge of what Cred `cred_google` accepts.
