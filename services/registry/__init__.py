"""Registry: who exists, where, and may they practise."""
