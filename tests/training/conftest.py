"""The scripts of ``training/`` import each other as plain modules."""

import sys
from pathlib import Path

TRAINING = Path(__file__).parents[2] / "training"
sys.path.append(str(TRAINING))
