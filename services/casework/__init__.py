"""Casework: who the people are."""
