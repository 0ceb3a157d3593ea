"""`python -m sirekap.cli`."""

from sirekap.cli import main

main()
