"""What stands around the trace: each panel is a function from what is known to Dash components."""
