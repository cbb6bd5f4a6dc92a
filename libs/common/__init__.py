"""The shared library: each module is usable alone, and only `service` knows the others."""
