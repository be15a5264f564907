"""How motor units join in: from their trains, and from the interference pattern where there are too many."""
