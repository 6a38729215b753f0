"""Servers are asked for their certificates again and again, and the watch looks after itself (K7).

What it finds goes to the findings of `certificates.findings`: families `probe`, `endpoint`, `source` and `watch`.
"""
