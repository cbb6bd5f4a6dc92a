"""The feed under load: many write and roll back while one follows."""
