"""The fault laboratory: real servers and processes, broken on purpose, and who notices."""
