"""Things and rules of notifications, one noun a file, without any I/O."""
