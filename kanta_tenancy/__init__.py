"""Runs a Kanta main connector's agreements with its tenants, from draft to a DOCX that both have signed."""
