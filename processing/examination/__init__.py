"""The parts that measure, put together: samples in, what an electromyographer reads out."""
