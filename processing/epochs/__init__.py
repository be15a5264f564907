"""The interference pattern in epochs of stable effort, and its normal area."""
