"""What was found as text, as a page, and for a program."""
