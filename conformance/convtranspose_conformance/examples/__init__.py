"""The smallest case that shows a difference, worked by hand, with its script."""
