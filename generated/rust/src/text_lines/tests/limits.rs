//! What becomes of events at the edge of what Text Lines accepts.
