"""`python -m kanta_tenancy` is the command `kanta-tenancy`."""

from kanta_tenancy.assembly.command_line import main

main()
