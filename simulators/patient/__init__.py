"""The virtual patient: needle EMG from physiology, with known truth."""
