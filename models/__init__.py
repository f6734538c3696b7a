"""What is remembered: an operational database for running fellowships, an evaluation database for figures."""
