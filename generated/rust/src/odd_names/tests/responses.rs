//! What the answers of Odd Names mean for the events of a request.
