"""`python -m simdesk` is the command `simdesk`."""

from simdesk.cli import main

main()
