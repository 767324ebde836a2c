"""The command line: options, progress, exit statuses."""
