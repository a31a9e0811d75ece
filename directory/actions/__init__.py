"""Every write of the directory. One file per noun."""
