"""The steps of the year, each in the order its commands are given."""
