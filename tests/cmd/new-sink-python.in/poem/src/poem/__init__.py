"""A package of a project that Poetry alone describes."""
