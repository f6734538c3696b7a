"""Use cases: each takes a session and the time, decides, records, and never commits."""
