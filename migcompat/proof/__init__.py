"""Running migrations on a real PostgreSQL."""
