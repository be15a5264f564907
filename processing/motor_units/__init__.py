"""Motor unit potentials: what is measured of an averaged one, of its variability and of its firing."""
