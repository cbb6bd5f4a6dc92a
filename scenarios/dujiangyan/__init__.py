"""The year of 都江堰, played through the public API by an ordinary client."""
