"""What an answer click costs, as ratios to floors measured in the same run: ``python -m benchmarks``."""
