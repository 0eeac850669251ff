//! What the answers of Cred `cred_google` mean for the events of a request.
