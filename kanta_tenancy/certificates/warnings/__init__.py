"""People are warned before a certificate ends: owed once, paid late, never doubled, until somebody does something (K7).

Each morning a sweep finds what has come to a level, in windows from the last sweep until now; what arrives late or is
changed is looked at by itself. Whoever answers for a certificate gets one digest, others when nobody acknowledges it.
"""
