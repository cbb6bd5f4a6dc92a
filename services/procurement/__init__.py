"""Procurement: from the need to the last yuan."""
