"""What is asked of whom: backends and cases by their names, and parts for several machines."""
