"""What is drawn: the house, the lecture, the page."""
