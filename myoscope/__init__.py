"""The product's name on the command line: composition roots. Knows all parts; nobody imports it."""
