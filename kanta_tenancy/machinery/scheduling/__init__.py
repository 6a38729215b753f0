"""The only place that meets APScheduler."""
