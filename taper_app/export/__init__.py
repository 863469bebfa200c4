"""What leaves the application: the handoff PDF and the figures drawn for it."""
