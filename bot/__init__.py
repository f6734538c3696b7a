"""Starts, wires, and is the only thing that talks to Slack unprompted."""
