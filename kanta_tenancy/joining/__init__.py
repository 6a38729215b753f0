"""The main connector's own dealings with Kela: joining applications, change notices, the roster (clause 2)."""
