//! What the answers of Text Lines mean for the events of a request.
