"""The live and offline path from a chunk to a published result."""
