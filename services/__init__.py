"""The services of the platform: each runs alone, and none imports another."""
