"""What crosses a boundary: records in process, wire messages, settings, clock and hand-off.

The bottom of the import graph: standard library, numpy and msgspec only.
"""
