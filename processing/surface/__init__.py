"""What is measured of surface EMG: envelope, activity, fatigue, co-contraction."""
