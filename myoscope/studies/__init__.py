"""Studies: simulated against published and recorded people, and what betrays the simulation."""
