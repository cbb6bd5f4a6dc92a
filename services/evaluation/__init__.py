"""Evaluation: was it worth the money."""
