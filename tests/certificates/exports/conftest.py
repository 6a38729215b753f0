from tests.certificates.impact.conftest import application, both, inventory, realm, tenant

__all__ = ["application", "both", "inventory", "realm", "tenant"]
