"""One verb a file. Every function takes the acting person and refuses what the rights table does not grant."""
