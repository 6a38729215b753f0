"""The yearly look into Soteri: owed of the main connector itself and of each tenant with an agreement (K1.2)."""
