"""Where records are kept. ``interface.py`` says what the use-cases need; ``sql.py`` and ``memory.py`` provide it."""
