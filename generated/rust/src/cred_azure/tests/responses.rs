//! What the answers of Cred `cred_azure` mean for the events of a request.
