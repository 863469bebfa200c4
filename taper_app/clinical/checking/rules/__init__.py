"""One module per topic; each judges a ``Case`` and reports to its findings. Rule names are stable."""
