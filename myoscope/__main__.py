"""`python -m myoscope` is `myoscope`."""

from myoscope.cli import main

main()
