"""The command line: names and shapes that hospitals script and that outside checks call."""
