"""What leaves this machine: requests to addresses that others chose, guarded, and mail to the operator's own server."""
