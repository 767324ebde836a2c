"""What people paste: layers, calls, files, options, recorded cases."""
