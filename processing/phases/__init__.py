"""The phase of the examination, found in the signal."""
