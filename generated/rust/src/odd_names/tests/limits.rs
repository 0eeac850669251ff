//! What becomes of events at the edge of what Odd Names accepts.
