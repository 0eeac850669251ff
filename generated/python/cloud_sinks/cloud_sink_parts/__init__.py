"""Parts of the delivery runtime that the sinks of this package use."""
