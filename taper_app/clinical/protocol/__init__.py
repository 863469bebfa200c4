"""The shapes of everything in ``protocols/``: each clinical number stands beside its source."""
