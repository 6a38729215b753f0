"""Disturbances in PostgreSQL."""
