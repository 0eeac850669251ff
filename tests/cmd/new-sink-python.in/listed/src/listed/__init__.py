"""A package of a project that lists its packages."""
