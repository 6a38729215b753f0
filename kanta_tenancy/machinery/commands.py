"""Groups of commands that tell of their commands in the order in which they were added, not by the alphabet."""

import click


class InOrder(click.Group):
    """Lists its commands as people come to them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        return list(self.commands)
