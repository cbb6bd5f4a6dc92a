"""Scheduling: what happens, who is there, and what proves it."""
