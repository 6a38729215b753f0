"""Keys in tokens and hardware security modules: the only place that meets their drivers."""
