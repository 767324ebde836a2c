"""What names stand for, as a text gives them values and changes these."""
