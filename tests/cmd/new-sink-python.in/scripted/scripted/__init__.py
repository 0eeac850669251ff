"""A package of a project whose packages a program lists."""
