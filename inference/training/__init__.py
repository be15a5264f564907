"""How models are made: recordings to windows through the live pipeline, split by person, fitted, exported."""
