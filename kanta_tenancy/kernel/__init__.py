"""Words every room shares: identifiers, clock, calendar, records, errors, who acts. Imports nothing of ours."""
