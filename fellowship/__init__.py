"""What the programme means: its rules, its use cases, and what it says."""
