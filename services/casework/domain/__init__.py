"""Things and rules of casework, one noun a file, without any I/O."""
