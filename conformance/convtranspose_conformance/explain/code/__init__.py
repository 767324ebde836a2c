"""One call as code of each framework, or why one call cannot say it."""
