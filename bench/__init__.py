"""What the platform can do, measured, and what a city of a given size needs of it."""
