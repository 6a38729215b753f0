"""Prescription renewal requests: routed, answered, never lapsed unseen (clause 15). No patient data is in any of it."""
