"""PostgreSQL, RabbitMQ and the platform as private, unprivileged processes of one machine."""
