"""What administrators enter of past years and of counting rules."""
