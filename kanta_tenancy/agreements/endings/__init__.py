"""How agreements end (clause 20): notices, service-production agreements, rescission, circumstances."""
