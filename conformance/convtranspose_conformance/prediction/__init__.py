"""What each backend does with one call, worked out without asking it: from its declarations, the
readings that it was seen to follow, and what its API cannot say."""
