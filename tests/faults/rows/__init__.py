"""The rows of the matrix, by what is broken."""
