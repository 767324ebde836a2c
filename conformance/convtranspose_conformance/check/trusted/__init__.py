"""What runs the steps of a model that nobody is judged by."""
