"""Things and rules of the registry, one noun a file, without any I/O."""
