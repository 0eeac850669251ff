//! What the answers of Cred `cred_sas` mean for the events of a request.
