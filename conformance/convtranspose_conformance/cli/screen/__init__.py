"""What is written on a terminal."""
