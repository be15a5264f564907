"""Features of LibEMG, for an interpreter of its own: LibEMG wants an older numpy than we do.

Run by tests.studies.peers as `python peers_libemg.py WINDOWS.npy RATE STEP_UV`; prints JSON: version, and features by
name with one value for each window. Imports nothing of this project.
"""

import importlib
import json
import sys
from importlib.metadata import version
from typing import Any

import numpy as np

NAMES = ("MAV", "RMS", "WL", "VAR", "SKEW", "KURT", "ZC", "SSC", "WAMP", "MNF", "MDF", "MOB", "COMP")


def main(path: str, rate_hz: float, step_uv: float) -> None:
    """Print the features of windows f64 `(n, n_samples)`, microvolt."""
    extractor: Any = importlib.import_module("libemg.feature_extractor").FeatureExtractor()
    given = {"WAMP_threshold": step_uv, "MNF_fs": rate_hz, "MDF_fs": rate_hz}
    features: dict[str, list[float]] = {name: [] for name in NAMES}
    # One at a time: its complexity (2.0.3) adds up the slopes of all windows that it is given.
    for window in np.load(path):
        found: dict[str, Any] = extractor.extract_features(list(NAMES), window[np.newaxis, np.newaxis], given)
        for name, values in found.items():
            features[name].append(float(np.asarray(values).ravel()[0]))
    print(json.dumps({"version": version("libemg"), "features": features}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
