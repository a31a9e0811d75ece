"""What the directory's screens accept. One file per noun."""
