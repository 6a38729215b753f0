"""The form by which a tenant's people report a disturbance without an access key, behind a link that can be revoked."""
