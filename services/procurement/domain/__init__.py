"""Things and rules of procurement, one noun a file, without any I/O."""
