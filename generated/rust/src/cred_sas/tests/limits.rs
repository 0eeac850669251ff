//! What becomes of events at the edge of what Cred `cred_sas` accepts.
