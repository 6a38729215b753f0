"""A month of disturbances in figures: how many of which kind, how soon acknowledged and told, what is left."""
