"""The directory's screens. One file per noun."""
