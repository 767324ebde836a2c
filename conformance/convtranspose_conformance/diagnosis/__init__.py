"""Which rule explains a backend's wrong answers, and where it holds."""
