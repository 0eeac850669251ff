//! What the answers of Cred `cred_oauth` mean for the events of a request.
