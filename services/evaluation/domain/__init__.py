"""Things and rules of evaluation, one noun a file, without any I/O."""
