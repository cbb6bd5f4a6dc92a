"""Things and rules of scheduling, one noun a file, without any I/O."""
