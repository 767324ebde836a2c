"""Two runs beside each other: what was fixed, what broke, what has another explanation."""
