"""What a reading, a fault or an accuracy class would answer; conditions over cases."""
