"""Parts of pages: each shows one thing and keeps nothing."""
