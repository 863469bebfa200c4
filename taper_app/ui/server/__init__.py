"""The server in front of the pages: gate, headers, sign-in, downloads, launcher."""
