"""What the plenary's screens look up, so that views only decide and templates only print."""
