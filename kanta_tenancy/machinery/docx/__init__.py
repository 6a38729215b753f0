"""Word documents as forms: compile a template once, fill its named places, check a stranger's template."""
